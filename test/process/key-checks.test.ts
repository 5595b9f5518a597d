import { readdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { importHash, importKey } from '../support/imported-key.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { runCommand } from '../support/run-command.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** A hash that would keep a thread at work for a quarter of an hour. */
const ENDLESS_HASH = `$2b$24$${'a'.repeat(53)}`;

let service: SpawnedService;
/** Another process on the same database, so that the one under test has checked no key yet. */
let app: TestApp;
let environmentId: string;
/** One connection, which stays: the process may be able to take no other. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  service = await spawnService({ SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '1' });
  app = await startApp({}, service.database);
  const { environments } = await createApplication(app, { appKey: 'orders' });
  environmentId = environments[0]?.id ?? '';
});
afterAll(async () => {
  agent.destroy();
  await app.nest.close();
  await service.stop();
});

interface Answer {
  readonly status: number;
  readonly body: { readonly type?: string };
}

function put(apiKey: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...asApplication('orders', apiKey), 'Content-Type': 'application/json' };
    const outgoing = request(
      `${service.url}/applications/orders`,
      { method: 'PUT', headers, agent },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end('{}');
  });
}

async function setOpenFiles(most: number | string): Promise<void> {
  const { code, stderr } = await runCommand('prlimit', [`--pid=${service.pid}`, `--nofile=${most}:`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a service that has no file descriptor left when it checks its first key', () => {
  it('says so, and checks keys as soon as it has', async () => {
    const { apiKey } = await issueKey(app, 'orders');
    // Its connections, to here and to the database, are there.
    expect((await put('')).status).toBe(401);
    expect((await put('any text')).status).toBe(401);
    const files = new Set(await readdir(`/proc/${service.pid}/fd`));
    let free = 0;
    while (files.has(String(free))) free += 1;
    const limits = await readFile(`/proc/${service.pid}/limits`, 'utf8');
    const usual = /^Max open files +(\d+)/m.exec(limits)?.[1] ?? '';
    await setOpenFiles(free);
    const refused = await put(apiKey);
    expect(refused).toMatchObject({
      status: 503,
      body: { type: expect.stringMatching(/^urn:mcp-registry:problem:(key-checks|database)-unavailable$/) },
    });
    await setOpenFiles(usual);
    await eventually(async () => (await put(apiKey)).status === 200);
    expect(service.isRunning()).toBe(true);
  });
});

describe('a hash that would take for ever, put into the table by hand', () => {
  it('stops no other key, is told of once, and the service ends as always', async () => {
    const id = await importHash(app, environmentId, ENDLESS_HASH);
    await importKey(app, environmentId, 'a legacy key');
    const { apiKey } = await issueKey(app, 'orders');
    for (let round = 0; round < 2; round += 1) expect((await put(`guess ${round}`)).status).toBe(401);
    expect((await put('a legacy key')).status).toBe(200);
    expect((await put(apiKey)).status).toBe(200);
    const lines = service.output().split('\n');
    expect(lines.filter((line) => line.includes(id))).toEqual([
      expect.stringContaining(
        `API key ${id} cannot be checked: its hashedKey is a bcrypt hash of cost 24; the highest cost allowed is 15`,
      ),
    ]);
    expect(service.output()).not.toContain(ENDLESS_HASH);
    service.signal('SIGTERM');
    await eventually(() => !service.isRunning());
    expect((await service.exited).code).toBe(0);
  });
});
