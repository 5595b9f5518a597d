import type { BatchLimits } from '#libs/config/app-config.js';
import { CommitUncertain } from '#libs/database/database-errors.js';
import { IMPORTED_PARTS } from '#libs/domain/imported-parts.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { validatedPart } from '#libs/validation/input-validation.pipe.js';
import { ApiKeysImporter } from '#registry/api-keys/api-keys.importer.js';
import { CreateEnvironmentRequest } from '#registry/environments/dto/create-environment.request.js';
import { ImportCounts } from '#registry/imports/import-counts.js';
import { ImportsService } from '#registry/imports/imports.service.js';
import type { SourceApplication } from '#registry/imports/source-record.js';
import { WrongUsage } from '../../failure.js';
import type { Progress } from '../../terminal/progress.js';
import { writeApplication } from '../application-writer.js';
import { endingOf } from '../import-ending.js';
import type { ImportResult } from '../import-result.js';
import { Interruption } from '../interruption.js';
import { openRegistryDatabase } from '../registry-database.js';
import type { RegistrySettings } from '../registry-settings.js';
import { KeysFile } from './keys-file.js';
import { applicationFrom } from './redis-application.js';
import { isListKey, NOT_UTF_8, type RedisRecord, RedisSource } from './redis-source.js';

/** Marks the keys that an import issued. */
const KEY_NAME = 'Redis import';

export interface RedisImportOptions {
  readonly settings: RegistrySettings;
  readonly url: URL;
  readonly environment: string;
  readonly keysFile: string;
  readonly dryRun: boolean;
  readonly overwrite: boolean;
  readonly progress: Progress;
}

/** Imports the older registry: each application in a transaction of its own, with a new API key where it has none. */
export async function importRedis({
  settings,
  url,
  environment,
  keysFile,
  dryRun,
  overwrite,
  progress,
}: RedisImportOptions): Promise<ImportResult> {
  await refuseName(environment);
  const registry = await openRegistryDatabase(settings);
  const interruption = new Interruption();
  const keys = new KeysFile(keysFile);
  let source: RedisSource | undefined;
  try {
    source = await RedisSource.connect(url);
    const work = new RedisImport(
      source,
      registry.get(ImportsService),
      registry.get(ApiKeysImporter, { strict: false }),
      keys,
      { environment, dryRun, overwrite, progress, interruption, limits: settings.config.batch },
    );
    const ending = await endingOf(
      () => work.run(),
      interruption,
      () => work.position,
    );
    const hasIssued = !dryRun && work.tally.count('apiKeys', 'added') > 0;
    const notes = [...work.notes(), ...(hasIssued ? notesOn(keysFile, settings) : [])];
    return { tally: work.tally, dryRun, ending, notes };
  } finally {
    progress.end();
    interruption.dispose();
    source?.close();
    await keys.close();
    await registry.close();
  }
}

interface RedisImportSettings extends Pick<
  RedisImportOptions,
  'environment' | 'dryRun' | 'overwrite' | 'progress'
> {
  readonly interruption: Interruption;
  readonly limits: BatchLimits;
}

class RedisImport {
  readonly tally = new ImportCounts();
  private done = 0;
  private disabled = 0;
  /** Names of the fields that were left out, with the number of records. */
  private readonly omitted = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly source: RedisSource,
    private readonly imports: ImportsService,
    private readonly apiKeys: ApiKeysImporter,
    private readonly keys: KeysFile,
    private readonly options: RedisImportSettings,
  ) {}

  /** The progress. */
  get position(): string {
    return `after ${this.done} of ${this.total} applications`;
  }

  /** What is no problem, and an operator should know. */
  notes(): string[] {
    const omitted = [...this.omitted].map(([name, count]) => `${name} (${count})`).join(', ');
    return [
      ...(this.disabled > 0 ? [disabledNote(this.disabled)] : []),
      ...(omitted === '' ? [] : [`Left out, with the number of records: ${omitted}.`]),
    ];
  }

  async run(): Promise<void> {
    const { progress, interruption } = this.options;
    const { appKeys, orphans, unreadable } = await this.source.keys();
    for (const key of unreadable) this.tally.problem(key, NOT_UTF_8);
    this.tally.add('applications', 'skipped', unreadable.filter((key) => !isListKey(key)).length);
    for (const list of orphans) this.tally.problem(list, 'belongs to no application');
    this.total = appKeys.length;
    progress.begin('Applications', this.total);
    for await (const record of this.source.records(appKeys)) {
      if (interruption.happened()) return;
      await this.import(record);
      this.done += 1;
      progress.advance();
    }
  }

  private async import(record: RedisRecord): Promise<void> {
    const { environment, limits } = this.options;
    const endpoints = await this.source.endpoints(record.appKey, limits);
    const { application, problems, skippedEndpoints, isDisabled, omitted } = applicationFrom(
      record,
      endpoints,
      environment,
    );
    if (isDisabled) this.disabled += 1;
    for (const name of omitted) this.omitted.set(name, (this.omitted.get(name) ?? 0) + 1);
    for (const { record: where, detail } of problems) this.tally.problem(where, detail);
    this.tally.add('endpoints', 'skipped', skippedEndpoints);
    if (application === undefined) this.tally.add('applications', 'skipped');
    else await this.write(application);
  }

  private async write(source: SourceApplication): Promise<void> {
    const { environment, dryRun, overwrite } = this.options;
    const place = { appKey: source.appKey, environment };
    const hasKey = await this.apiKeys.hasNamed(place, KEY_NAME);
    if (!hasKey && !dryRun) await this.keys.open();
    const secret = hasKey || dryRun ? undefined : await this.apiKeys.newKey();
    let placed;
    try {
      placed = await writeApplication(this.imports, source, this.tally, {
        dryRun,
        overwrite,
        parts: new Set(IMPORTED_PARTS),
        beforeCommit: async ({ environments }) => {
          if (secret === undefined || !environments.has(environment)) return;
          await this.apiKeys.issue(place, KEY_NAME, secret);
          await this.keys.append({ ...place, apiKey: secret.key });
        },
      });
    } catch (error) {
      if (isUncertain(error)) this.keys.keep();
      await this.keys.withdraw();
      throw error;
    }
    if (placed === undefined) {
      await this.keys.withdraw();
      return;
    }
    this.keys.keep();
    if (placed.environments.has(environment)) this.tally.add('apiKeys', hasKey ? 'unchanged' : 'added');
  }
}

function isUncertain(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof CommitUncertain;
}

async function refuseName(environment: string): Promise<void> {
  try {
    await validatedPart(CreateEnvironmentRequest, { name: environment });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new WrongUsage(`--environment: ${error.errors?.[0]?.detail ?? ''}`);
  }
}

function notesOn(keysFile: string, { config }: RegistrySettings): string[] {
  const limit = config.keyLimits.apiKeys;
  const lifetime = limit === undefined ? '' : ` They are accepted for ${limit.days} days (${limit.setting}).`;
  return [`New API keys are in ${keysFile}.${lifetime}`];
}

function disabledNote(count: number): string {
  const applications = count === 1 ? '1 application' : `${count} applications`;
  return `"disabled" of ${applications} is the result of a health check in Redis: no status is taken from it, and the next health check here decides.`;
}
