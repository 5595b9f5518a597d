import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ADMIN_KEY } from './start-app.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

const MAIN = fileURLToPath(new URL('../../apps/registry/src/main.js', import.meta.url));

/** The service as operators run it: a process of its own, on a database of its own. */
export interface SpawnedService {
  readonly url: string;
  readonly database: TestDatabase;
  /** Whether the process is still the one that was started. */
  isRunning(): boolean;
  /** What it wrote so far. */
  output(): string;
  stop(): Promise<void>;
}

/** @param settings environment variables beyond those the tests always set */
export async function spawnService(settings: Readonly<Record<string, string>> = {}): Promise<SpawnedService> {
  const database = await createTestDatabase();
  const child = spawn(process.execPath, [MAIN], {
    // Not where a developer's .env lies.
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      SECRET_KEY: 'secret-key-of-the-tests',
      REGISTRY_ADMIN_KEY: ADMIN_KEY,
      HOST: '127.0.0.1',
      PORT: '0',
      BCRYPT_COST: '4',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const ready = /^ {2}API +(\S+)$/m.exec(output)?.[1];
      if (ready !== undefined) resolve(ready);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code) => {
      reject(new Error(`The service ended with ${code ?? 'a signal'}: ${output}`));
    });
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    url,
    database,
    isRunning,
    output: () => output,
    stop: async () => {
      if (isRunning()) child.kill('SIGTERM');
      await exited;
      await database.drop();
    },
  };
}
