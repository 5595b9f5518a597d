import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import getPort from 'get-port';
import { Client } from 'pg';
import { type Cluster, SUPERUSER } from './cluster.js';
import { clusterLockStarter, lockCluster } from './cluster-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';
import { postgresEnvironment } from './postgres-environment.js';
import { readPidFile, removePidFile } from './postmaster-pid-file.js';
import {
  commandLineOf,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  workingDirectoryOf,
} from './process-identity.js';
import { waitUntil } from './wait-until.js';

const READY_TIMEOUT_MS = 60_000;
const RIVALS_TIMEOUT_MS = 30_000;
const RIVALS_RETRY_MS = 250;
const PORT_ATTEMPTS = 5;
const FAST_SHUTDOWN_TIMEOUT_MS = 60_000;
const IMMEDIATE_SHUTDOWN_TIMEOUT_MS = 10_000;

/**
 * What PostgreSQL says when backends of a killed postmaster, which end when their statement does, still live, or
 * when the postmaster of a service killed just now was faster than ours.
 */
const RIVAL_MESSAGES = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

const DEFAULTS: Readonly<Record<string, string>> = {
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Failed statements reach the service as errors; in the log they would only grow it and show clients' data.
  log_min_messages: 'log',
};

/** A PostgreSQL server that accepts connections. */
export interface Postmaster extends ReadyProcess {
  /** Whether it ran before this service asked for it. */
  readonly takenOver: boolean;
}

interface ReadyProcess extends ProcessIdentity {
  readonly port: number;
}

/** How to reach a database of the cluster. */
export function databaseUrl({ password }: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

export interface PostmasterOptions {
  /** Settings of the server beyond the defaults; a server that runs already keeps the ones it has. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The port it has to listen on; absent: a free one. */
  readonly port?: number;
  /** Gives up, and ends a server that is starting. */
  readonly signal?: AbortSignal;
}

/**
 * The server of this cluster, ready: the one that runs already, or else a new one that outlives this process. The
 * caller holds the data directory's lock.
 *
 * @throws EmbeddedPostgresError when none can be had; the reason of `signal` when that is aborted
 */
export async function obtainPostmaster(cluster: Cluster, options: PostmasterOptions): Promise<Postmaster> {
  const rivalsDeadline = performance.now() + RIVALS_TIMEOUT_MS;
  let portAttempts = 0;
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const running = await findPostmaster(cluster, options);
    if (running) return { ...running, takenOver: true };

    const lock = await lockCluster(cluster.directory);
    if (lock !== undefined) {
      const logStart = await cluster.log.end();
      const launched = await launch(cluster, lock, options);
      if (launched) return { ...launched, takenOver: false };
      const messages = await cluster.log.since(logStart);
      const otherPort = options.port === undefined && ++portAttempts < PORT_ATTEMPTS;
      if (messages.includes('Address already in use') && otherPort) continue;
      if (!RIVAL_MESSAGES.test(messages)) {
        throw new EmbeddedPostgresError(
          `The embedded PostgreSQL ended while starting: ${await cluster.log.reasonSince(logStart)}`,
        );
      }
    }
    const starter = await clusterLockStarter(cluster.directory);
    if (performance.now() >= rivalsDeadline) {
      throw new EmbeddedPostgresError(
        `Another PostgreSQL still works on ${cluster.directory} (started by ${starter}); ` +
          'end it, or the container it runs in, and start again',
      );
    }
    if (!told) {
      new Logger('Database').warn(
        `Waiting, for ${RIVALS_TIMEOUT_MS / 1000} s at most, for the end of another PostgreSQL on ` +
          `${cluster.directory} (started by ${starter})`,
      );
      told = true;
    }
    await sleep(RIVALS_RETRY_MS);
  }
}

/** Disconnects all clients, writes everything to disk, and returns when the server has ended. */
export async function stopPostmaster(postmaster: ProcessIdentity): Promise<void> {
  const ended = async (): Promise<boolean> => !(await isRunning(postmaster));
  await send(postmaster, 'SIGINT');
  if (await waitUntil(ended, FAST_SHUTDOWN_TIMEOUT_MS)) return;
  await stopPostmasterAtOnce(postmaster);
}

/** Ends all processes of the server within 5 s. Safe for the data: the next start replays the write-ahead log. */
export async function stopPostmasterAtOnce(postmaster: ProcessIdentity): Promise<void> {
  await send(postmaster, 'SIGQUIT');
  if (await waitUntil(async () => !(await isRunning(postmaster)), IMMEDIATE_SHUTDOWN_TIMEOUT_MS)) return;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL (process ${postmaster.pid}) does not end; kill it`,
  );
}

/** Makes the database unless it exists. */
export async function ensureDatabase(
  cluster: Cluster,
  { port }: Postmaster,
  database: string,
): Promise<void> {
  await withClient(cluster, port, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });
}

/** The server that runs already. One on another port than the one asked for is ended. */
async function findPostmaster(
  cluster: Cluster,
  { port }: PostmasterOptions,
): Promise<ReadyProcess | undefined> {
  const pid = (await readPidFile(cluster.directory))?.pid;
  const running = pid === undefined ? undefined : await identifyProcess(pid);
  if (!running || !(await serves(running.pid, cluster))) return undefined;
  const ready = await becomeReady(running, cluster);
  if (ready === undefined || port === undefined || ready.port === port) return ready;
  await stopPostmaster(ready);
  return undefined;
}

/** Starts a server, which takes the lock along; undefined when it ends before it is ready. */
async function launch(
  cluster: Cluster,
  lock: FileHandle,
  { parameters, port, signal }: PostmasterOptions,
): Promise<ReadyProcess | undefined> {
  let child: ProcessIdentity | undefined;
  try {
    // Left by a server that is gone, as the lock proves: PostgreSQL would not start with an empty or torn one, nor
    // beside a process of the same user that merely got the old pid.
    await removePidFile(cluster.directory);
    child = await spawnPostmaster(cluster, lock, port ?? (await getPort({ host: '127.0.0.1' })), parameters);
  } finally {
    await lock.close();
  }
  return child && readyOrStopped(child, cluster, signal);
}

async function spawnPostmaster(
  { binaries, account, directory, directoryForServer, log }: Cluster,
  lock: FileHandle,
  port: number,
  parameters: Readonly<Record<string, string>>,
): Promise<ProcessIdentity | undefined> {
  const settings = {
    ...DEFAULTS,
    ...parameters,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  const output = await log.openForAppending();
  try {
    const child = spawn(
      binaries.postgres,
      [
        // The real path is what a later start recognises the process by; the last -D is the one that counts.
        ...['-D', directory, '-D', directoryForServer],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...account,
        cwd: directory,
        env: postgresEnvironment(),
        // Its own session: a Ctrl-C in the terminal must not end the database before the service has drained.
        detached: true,
        stdio: ['ignore', output.fd, output.fd, lock.fd],
      },
    );
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid === undefined ? undefined : await identifyProcess(child.pid);
  } finally {
    await output.close();
  }
}

async function readyOrStopped(
  process: ProcessIdentity,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<ReadyProcess | undefined> {
  try {
    return await becomeReady(process, cluster, signal);
  } catch (error) {
    await stopPostmaster(process);
    throw error;
  }
}

/** The server once it answers; undefined when its process ends instead. */
async function becomeReady(
  process: ProcessIdentity,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<ReadyProcess | undefined> {
  let port: number | undefined;
  let obstacle = 'it does not say that it is ready';
  const settled = await waitUntil(
    async () => {
      if (!(await isRunning(process))) return true;
      const file = await readPidFile(cluster.directory);
      // The port in the file may be another program's until the server says that it has it.
      if (file?.pid !== process.pid || file.status !== 'ready') return false;
      try {
        await withClient(cluster, file.port, (client) => client.query('SELECT 1'));
        port = file.port;
        return true;
      } catch (error) {
        if (hasCode(error, '28P01', '28000')) {
          throw new EmbeddedPostgresError(
            `The PostgreSQL on ${cluster.directory} (process ${process.pid}) does not accept the stored password; ` +
              'restore the file postgres-password that belongs to it',
          );
        }
        obstacle = error instanceof Error ? error.message : String(error);
        return false;
      }
    },
    READY_TIMEOUT_MS,
    signal,
  );
  if (port !== undefined) return { ...process, port };
  if (settled) return undefined;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL (process ${process.pid}) is not ready after ${READY_TIMEOUT_MS / 1000} s ` +
      `(${obstacle}): ${await cluster.log.reasonSince(0)}`,
  );
}

async function withClient(
  cluster: Cluster,
  port: number,
  work: (client: Client) => Promise<unknown>,
): Promise<void> {
  const connectionString = databaseUrl(cluster, port, 'postgres');
  const client = new Client({ connectionString, ssl: false, connectionTimeoutMillis: 5_000 });
  // A connection lost between two statements is reported by the next one; without a listener it would end the service.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}

async function serves(pid: number, { directory }: Cluster): Promise<boolean> {
  const command = await commandLineOf(pid);
  if (!command.includes('postgres')) return false;
  const workingDirectory = await workingDirectoryOf(pid);
  // Not every system lets us see where another account's process works, so then what it was started with decides.
  return workingDirectory === undefined
    ? `${command} `.includes(`/postgres -D ${directory} `)
    : workingDirectory === directory;
}

async function send(postmaster: ProcessIdentity, name: NodeJS.Signals): Promise<void> {
  if (!(await isRunning(postmaster))) return;
  try {
    process.kill(postmaster.pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
