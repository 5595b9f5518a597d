import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { eventually } from './eventually.js';

/** PgBouncer in transaction mode before a database, as strict as it comes. */
export interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether the machine has a PgBouncer. */
export function hasPgBouncer(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @param poolSize connections to the database, whatever the number of clients */
export async function startPgBouncer(databaseUrl: string, poolSize: number): Promise<PgBouncer> {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const directory = await mkdtemp(join(tmpdir(), 'registry-pgbouncer-'));
  await chmod(directory, 0o755);
  const listenPort = await getPort({ host: '127.0.0.1' });
  const configuration = join(directory, 'pgbouncer.ini');
  await writeFile(
    configuration,
    [
      '[databases]',
      `pooled = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${listenPort}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      '',
    ].join('\n'),
  );
  // It does not run as root.
  const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn('pgbouncer', [configuration], { cwd: directory, stdio: 'ignore', ...unprivileged });
  const exited = once(child, 'exit');
  await eventually(() => accepts(listenPort));
  return {
    url: `postgresql://user@127.0.0.1:${listenPort}/pooled`,
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
