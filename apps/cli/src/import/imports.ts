import { IMPORTED_PARTS, type ImportedPart } from '#libs/domain/imported-parts.js';
import type { GlobalOptions } from '../global-options.js';
import type { WriteOptions } from '../option-values.js';
import { type Progress, progress } from '../terminal/progress.js';
import { type ImportResult, showImport } from './import-result.js';
import { type RegistrySettings, registrySettings } from './registry-settings.js';
import { type SourceKind, sourceUrl } from './source-url.js';

/** Options of every import. */
interface ImportingOptions extends WriteOptions {
  readonly overwrite?: boolean;
}

/** Options of `import redis`. */
export interface RedisImportOptions extends ImportingOptions {
  readonly environment: string;
  readonly keysFile: string;
}

/** Runs `import redis` and shows the result. @throws WrongUsage when source or registry are named wrongly; Failure */
export async function fromRedis(
  argument: string | undefined,
  { environment, keysFile, dryRun = false, overwrite = false }: RedisImportOptions,
  { json }: GlobalOptions,
): Promise<void> {
  const source = await openable(argument, {
    protocols: ['redis:', 'rediss:'],
    example: 'redis://user:password@host:6379/0',
  });
  const { importRedis } = await import('./redis/import-redis.js');
  await run(json, (bar) =>
    importRedis({ environment, keysFile, dryRun, overwrite, ...source, progress: bar }),
  );
}

/** Options of `import reference`. */
export interface ReferenceImportOptions extends ImportingOptions {
  readonly only?: readonly ImportedPart[];
}

/**
 * Runs `import reference` and shows the result. @throws WrongUsage when source or registry are named wrongly; Failure
 */
export async function fromReference(
  argument: string | undefined,
  { dryRun = false, overwrite = false, only = IMPORTED_PARTS }: ReferenceImportOptions,
  { json }: GlobalOptions,
): Promise<void> {
  const source = await openable(argument, {
    protocols: ['postgres:', 'postgresql:'],
    example: 'postgresql://user:password@host:5432/registry',
  });
  const { importReference } = await import('./reference/import-reference.js');
  await run(json, (bar) =>
    importReference({ dryRun, overwrite, parts: new Set(only), ...source, progress: bar }),
  );
}

/** Checks the usage before the registry is loaded, which takes a second. */
async function openable(
  argument: string | undefined,
  kind: SourceKind,
): Promise<{ url: URL; settings: RegistrySettings }> {
  const settings = await registrySettings('an import writes into');
  return { settings, url: await sourceUrl(argument, kind) };
}

async function run(json: boolean, work: (bar: Progress) => Promise<ImportResult>): Promise<void> {
  showImport(await work(progress({ quiet: json })), json);
}
