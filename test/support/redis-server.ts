import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import getPort from 'get-port';

const BINARY = process.env.REDIS_SERVER ?? 'redis-server';
const PASSWORD = 'redis-password-of-the-tests';

/** A Redis server of a test's own, behind a password, empty. */
export interface RedisServer {
  /** With the password. */
  readonly url: string;
  readonly password: string;
  readonly client: ReturnType<typeof clientOf>;
  stop(): Promise<void>;
}

/** Whether there is a Redis server to start; says so loudly when there is none. */
export function hasRedisServer(): boolean {
  const found = spawnSync(BINARY, ['--version']).status === 0;
  if (!found)
    process.stderr.write(
      `SKIPPED: there is no ${BINARY} (REDIS_SERVER): imports from Redis are not tested\n`,
    );
  return found;
}

export async function startRedisServer(): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-redis-'));
  const port = await getPort({ host: '127.0.0.1' });
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'no',
    requirepass: PASSWORD,
  };
  const server = spawn(
    BINARY,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(server, 'close');
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const ready = new Promise<void>((resolve, reject) => {
    let output = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('eady to accept connections')) resolve();
    });
    ended.then(() => {
      reject(new Error(`${BINARY} ended: ${output}`));
    }, reject);
  });
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const url = `redis://:${PASSWORD}@127.0.0.1:${port}/0`;
  const client = clientOf(url);
  client.on('error', () => undefined);
  await client.connect();
  return {
    url,
    password: PASSWORD,
    client,
    stop: async () => {
      if (client.isOpen) client.destroy();
      await stop();
    },
  };
}

function clientOf(url: string) {
  return createClient({ url });
}
