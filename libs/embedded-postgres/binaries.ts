import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';
import { postgresEnvironment } from './postgres-environment.js';
import type { ServiceAccount } from './service-account.js';

const run = promisify(execFile);
const COPIES = '/var/cache/mcp-registry';

/** Programs of one PostgreSQL installation that are known to run here. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: string;
}

/**
 * The binaries the npm package brought for this platform, repaired where npm left them incomplete, and runnable by
 * the account.
 */
export async function findBinaries(account: ServiceAccount | undefined): Promise<PostgresBinaries> {
  const packageDir = await findPlatformPackage();
  await restoreLinks(packageDir);
  await makeExecutable(packageDir);
  const nativeDir = join(packageDir, 'native');
  try {
    return await probe(nativeDir, account);
  } catch (error) {
    if (!account || !hasCode(error, 'EACCES')) throw notRunnable(error);
  }
  // The account cannot reach node_modules, for instance below /root. Opening the operator's directories to it is not
  // ours to do; the programs are no secret, so it gets its own copy.
  try {
    return await probe(await copyForAccount(packageDir), account);
  } catch (error) {
    throw notRunnable(error);
  }
}

async function findPlatformPackage(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  // The package has binaries for Windows too, but signals, owners and modes, which this relies on, do not exist there.
  if (process.platform === 'linux' || process.platform === 'darwin') {
    try {
      const { postgres } = (await import(name)) as { postgres: string };
      return dirname(dirname(dirname(postgres)));
    } catch (error) {
      if (!hasCode(error, 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new EmbeddedPostgresError(
    `There is no embedded PostgreSQL for ${platform} (package ${name}); set DATABASE_URL to a PostgreSQL server`,
  );
}

/**
 * Makes the library links that a package archive cannot carry and that npm does not make when install scripts are
 * off. `pg-symlinks.json` lists them relative to the package.
 */
export async function restoreLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return '[]';
      throw error;
    },
  );
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const linkPath = join(packageDir, target);
    if (await exists(linkPath)) continue;
    try {
      await symlink(relative(dirname(target), source), linkPath);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue;
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL lacks the link ${linkPath}, which cannot be made (${String(error)}); ` +
          `run "npm rebuild ${packageName(packageDir)}" as the owner of node_modules, or set DATABASE_URL`,
      );
    }
  }
}

async function makeExecutable(packageDir: string): Promise<void> {
  for (const program of ['initdb', 'postgres']) {
    const path = join(packageDir, 'native', 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o555) === 0o555) continue;
    try {
      await chmod(path, mode | 0o555);
    } catch (error) {
      throw new EmbeddedPostgresError(
        `${path} is not executable and cannot be made so (${String(error)}); ` +
          `run "chmod 755 ${path}" as its owner, or set DATABASE_URL`,
      );
    }
  }
}

async function probe(nativeDir: string, account: ServiceAccount | undefined): Promise<PostgresBinaries> {
  const postgres = join(nativeDir, 'bin', 'postgres');
  const { stdout } = await run(postgres, ['--version'], { ...account, cwd: '/', env: postgresEnvironment() });
  const majorVersion = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (majorVersion === undefined) throw new Error(`unexpected version "${stdout.trim()}"`);
  return { initdb: join(nativeDir, 'bin', 'initdb'), postgres, majorVersion };
}

async function copyForAccount(packageDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(COPIES, `${basename(packageDir)}-${version}`);
  if (await exists(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  try {
    await mkdir(COPIES, { recursive: true, mode: 0o755 });
    await rm(unfinished, { recursive: true, force: true });
    await cp(join(packageDir, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
    // Under a strict umask npm installs for its own user only, and the modes were copied along.
    await run('chmod', ['-R', 'a+rX', COPIES]);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another service may have finished its copy first.
    if (!(await exists(copy))) throw error;
  }
  return copy;
}

function notRunnable(error: unknown): EmbeddedPostgresError {
  const reason = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this system (${reason}); set DATABASE_URL to a PostgreSQL server`,
    { cause: error },
  );
}

function packageName(packageDir: string): string {
  return `${basename(dirname(packageDir))}/${basename(packageDir)}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
