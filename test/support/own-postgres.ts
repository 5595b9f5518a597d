import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import pg from 'pg';
import { findBinaries } from '#libs/embedded-postgres/binaries.js';
import { postgresEnvironment } from '#libs/embedded-postgres/postgres-environment.js';
import { findServiceAccount, giveTo } from '#libs/embedded-postgres/service-account.js';
import { eventually } from './eventually.js';
import { withDatabase } from './test-cluster.js';

const run = promisify(execFile);

/** How PostgreSQL is told to end: letting clients finish nothing, or leaving recovery to the next start. */
const SHUTDOWN = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** A PostgreSQL that a test may stop, freeze and fill up; always at the same address. */
export interface OwnPostgres {
  readonly url: string;
  /** Belongs to the server, and is gone with it. */
  readonly directory: string;
  /** Returns when it accepts connections. */
  start(): Promise<void>;
  /** Returns when it has ended. */
  stop(mode: keyof typeof SHUTDOWN): Promise<void>;
  /** Stops the server and all its backends (SIGSTOP): connections stay, without answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  query<Row extends object = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** As `query`, in another database of the server. */
  queryIn<Row extends object = Record<string, unknown>>(database: string, sql: string): Promise<Row[]>;
  /** Gives it a directory that lies elsewhere. */
  own(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** Programs of an installation of PostgreSQL. */
interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Makes the cluster and starts it.
 *
 * @param installed an installation other than the one the service brings along
 */
export async function startOwnPostgres(installed?: Programs): Promise<OwnPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-own-postgres-'));
  await chmod(directory, 0o755);
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  const account = await findServiceAccount(data);
  await giveTo(account, directory);
  const { initdb, postgres } = installed ?? (await findBinaries(account));
  const options = { ...account, cwd: directory, env: postgresEnvironment() };
  await run(initdb, ['-D', data, '--username=postgres', '--auth=trust', '--no-sync', '--locale=C'], options);
  const port = await getPort({ host: '127.0.0.1' });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const parameters = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // The server is killed, the machine is not.
    'fsync=off',
    'log_min_messages=fatal',
  ].flatMap((parameter) => ['-c', parameter]);
  let server: ReturnType<typeof spawn> | undefined;

  const queryIn = async <Row extends object>(database: string, sql: string): Promise<Row[]> => {
    const client = new pg.Client(withDatabase(url, database));
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const query = <Row extends object>(sql: string): Promise<Row[]> => queryIn('postgres', sql);
  const signalAll = async (signal: NodeJS.Signals): Promise<void> => {
    const pid = server?.pid ?? NaN;
    process.kill(pid, signal);
    // The postmaster first, so that it starts no more backends.
    const { stdout } = await run('pgrep', ['-P', String(pid)]);
    for (const backend of stdout.trim().split('\n')) signalUnlessEnded(Number(backend), signal);
  };
  const own: OwnPostgres = {
    url,
    directory,
    start: async () => {
      server = spawn(postgres, ['-D', data, ...parameters], { ...options, stdio: 'ignore' });
      await eventually(() =>
        query('SELECT').then(
          () => true,
          () => false,
        ),
      );
    },
    stop: async (mode) => {
      if (server?.exitCode !== null) return;
      const ended = once(server, 'exit');
      server.kill(SHUTDOWN[mode]);
      await ended;
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    query,
    queryIn,
    own: (other) => giveTo(account, other),
    close: async () => {
      if (server?.exitCode === null) await own.thaw();
      await own.stop('immediate');
      await rm(directory, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}

/** A backend may have ended since it was listed. */
function signalUnlessEnded(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
