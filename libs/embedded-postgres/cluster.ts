import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/sync-directory.js';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';
import { postgresEnvironment } from './postgres-environment.js';
import type { ServerLog } from './server-log.js';
import { canEnter, giveTo, type ServiceAccount } from './service-account.js';
import { createSuperuserPassword, readSuperuserPassword } from './superuser-password.js';

export const SUPERUSER = 'mcp_registry';

const UNFINISHED_PREFIX = 'postgres.unfinished';

/** A complete database cluster and what is needed to run it. */
export interface Cluster {
  readonly directory: string;
  /** The path PostgreSQL itself uses, which differs when its account cannot reach the directory. */
  readonly directoryForServer: string;
  readonly password: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServiceAccount | undefined;
  readonly log: ServerLog;
}

/** What a cluster is made with. */
export type ClusterParts = Pick<Cluster, 'binaries' | 'account' | 'log'> & {
  readonly dataDir: string;
  /** Leaves writing to disk to the system: for tests only. */
  readonly skipSync: boolean;
};

/** Where the cluster of a data directory lives. */
export function clusterDirectory(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/**
 * The cluster of the data directory, made when there is none. It appears under its name only when complete; what an
 * interrupted initialisation left is removed. The caller holds the data directory's lock.
 */
export async function openCluster(parts: ClusterParts): Promise<Cluster> {
  const { dataDir, binaries, account, log } = parts;
  const directory = clusterDirectory(dataDir);
  await removeUnfinished(dataDir);
  const version = await readVersion(directory);
  const stored = await readSuperuserPassword(dataDir);
  if (version !== undefined && version !== binaries.majorVersion) {
    throw new EmbeddedPostgresError(
      `${directory} was made by PostgreSQL ${version}, but the installed version is ${binaries.majorVersion}; ` +
        'dump it with the old version or set another DATA_DIR',
    );
  }
  if (version !== undefined && stored === undefined) {
    throw new EmbeddedPostgresError(
      `${join(dataDir, 'postgres-password')} is missing, without it ${directory} cannot be opened; ` +
        'restore it from a backup or set another DATA_DIR',
    );
  }
  const password = stored ?? (await createSuperuserPassword(dataDir));
  if (version === undefined) await initialise(parts, password);
  else await giveTo(account, directory);
  const directoryForServer = await pathForServer(account, directory);
  return { directory, directoryForServer, password, binaries, account, log };
}

async function readVersion(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(UNFINISHED_PREFIX)) continue;
    // Retries, because the initdb of a killed service may still be writing there.
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function initialise(parts: ClusterParts, password: string): Promise<void> {
  const { dataDir, account } = parts;
  const directory = clusterDirectory(dataDir);
  // A name of its own for every attempt: an initdb that outlived its killed service must not write into ours.
  const unfinished = join(dataDir, `${UNFINISHED_PREFIX}-${process.pid}-${Date.now()}`);
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(account, unfinished);
  try {
    const passwordInput = await openForReadingOnce(
      join(dataDir, `${UNFINISHED_PREFIX}-password`),
      password,
      account,
    );
    try {
      await runInitdb(parts, unfinished, passwordInput);
    } finally {
      await passwordInput.close();
    }
    await rename(unfinished, directory);
    await syncDirectory(dataDir);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'ENOTDIR')) throw error;
    throw new EmbeddedPostgresError(
      `${directory} exists but is no PostgreSQL cluster; move it away or set another DATA_DIR`,
    );
  }
}

/** The file has lost its name before anyone can read it, so that no kind of death leaves the password behind. */
async function openForReadingOnce(
  path: string,
  password: string,
  account: ServiceAccount | undefined,
): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600);
  try {
    if (account) await chown(path, account.uid, account.gid);
  } finally {
    await rm(path);
  }
  // A write at a position leaves the file offset, which initdb inherits, at the start.
  await file.write(`${password}\n`, 0);
  return file;
}

async function runInitdb(
  { binaries, account, log, skipSync }: ClusterParts,
  directory: string,
  passwordInput: FileHandle,
): Promise<void> {
  const logStart = await log.end();
  const output = await log.openForAppending();
  try {
    const child = spawn(
      binaries.initdb,
      [
        ...['-D', await pathForServer(account, directory), '--username', SUPERUSER, '--pwfile=/dev/stdin'],
        ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'],
        ...(skipSync ? ['--no-sync'] : []),
      ],
      {
        ...account,
        cwd: directory,
        env: postgresEnvironment(),
        stdio: [passwordInput.fd, output.fd, output.fd],
      },
    );
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) {
      throw new EmbeddedPostgresError(`PostgreSQL's initdb failed: ${await log.reasonSince(logStart)}`);
    }
  } finally {
    await output.close();
  }
}

/**
 * PostgreSQL under another account may be unable to walk to its own directory, for instance below /root. Started
 * inside it, it needs no walk: /proc/self/cwd leads there directly.
 */
async function pathForServer(account: ServiceAccount | undefined, directory: string): Promise<string> {
  if (await canEnter(account, directory)) return directory;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the user it runs as cannot reach ${directory}; ` +
      'set a DATA_DIR whose parent directories everyone may enter, or start the registry as another user',
  );
}
