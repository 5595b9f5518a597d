import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let sandbox: ProcessSandbox;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await createProcessSandbox();
});
afterAll(async () => {
  await sandbox.clear();
  await database.drop();
});

const start = (settings: Record<string, string>): ServiceProcess =>
  sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: database.url, ...settings });
const statusOf = async (url: string): Promise<number> => (await fetch(url, { headers: AS_ADMIN })).status;

describe('the end of the service', () => {
  it('is announced before anything is refused, and does not wait for ever', async () => {
    const service = start({ SHUTDOWN_DELAY: '3', SHUTDOWN_TIMEOUT: '1' });
    const url = await service.ready;
    const headers = { ...AS_ADMIN, 'Content-Type': 'application/json' };
    await fetch(`${url}/applications`, { method: 'POST', headers, body: '{"name":"Held"}' });
    const rows = await holdRows(database.url, 'SELECT FROM "Application" FOR UPDATE');
    const update = (): Promise<Response> =>
      fetch(`${url}/applications/held`, { method: 'PUT', headers, body: '{"description":"never"}' });
    const cut = Promise.allSettled([update(), update()]);
    await eventually(async () => (await rows.waiting()) === 2);
    // As browsers open them in advance: it is closed, and neither waited for nor cut.
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');

    service.signal('SIGTERM');
    await eventually(async () => (await statusOf(`${url}/health/ready`)) === 503, { within: 2000 });
    // Sent by a client that has not seen that yet.
    expect(await statusOf(`${url}/health/live`)).toBe(200);
    expect(await statusOf(`${url}/applications`)).toBe(200);

    expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const { code, stdout } = await service.exited;
    expect(code).toBe(0);
    expect(stdout).toContain('Cut 2 connections whose requests had not ended within 1 s');
    silent.destroy();
    await rows.release();
    expect(await database.query(`SELECT "description" FROM "Application"`)).toEqual([{ description: null }]);
  });

  it('comes at once when it is asked for again', async () => {
    const service = start({ SHUTDOWN_DELAY: '300' });
    const url = await service.ready;
    service.signal('SIGINT');
    // Passed on by npm besides: still the same Ctrl-C.
    service.signal('SIGINT');
    await eventually(async () => (await statusOf(`${url}/health/ready`)) === 503);
    expect(service.isRunning()).toBe(true);
    await eventually(
      () => {
        service.signal('SIGTERM');
        return !service.isRunning();
      },
      { every: 100 },
    );
    expect(await service.exited).toMatchObject({ code: 1, signal: null });
  });
});
