import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'registry-npm-'));
  const { scripts, ...description } = JSON.parse(
    await readFile(join(REPOSITORY, 'package.json'), 'utf8'),
  ) as { scripts: Record<string, string> };
  // What is built stays as it is: other tests run from it.
  const changed = { ...description, scripts: { ...scripts, 'build:service': 'true' } };
  await writeFile(join(directory, 'package.json'), JSON.stringify(changed));
  await symlink(join(REPOSITORY, 'dist'), join(directory, 'dist'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await database.drop();
});

describe('npm start', () => {
  it('passes SIGTERM on to the service, and ends when it has', async () => {
    const npm = spawn('npm', ['start'], {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        npm_config_update_notifier: 'false',
        ...GIVEN_SECRETS,
        DATABASE_URL: database.url,
        HOST: '127.0.0.1',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const closed = once(npm, 'close');
    const url = (
      await eventually(() => / {2}API +(\S+)/.exec(output), {
        within: 50_000,
        fits: (found) => found !== null,
      })
    )?.[1];
    expect((await fetch(`${url ?? ''}/health/live`)).status).toBe(200);
    npm.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    await expect(fetch(`${url ?? ''}/health/live`)).rejects.toThrow();
  });
});
