import { asApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import type { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** More than one address may spend on wrong keys of one application at once. */
const FLOOD = 300;

describe('secrets that are being replaced', () => {
  let database: TestDatabase;
  let sandbox: ProcessSandbox;
  /** Knows only the old secrets. */
  let before: string;
  /** Knows both. */
  let between: string;
  let betweenProcess: ServiceProcess;
  /** Knows only the new ones. */
  let after: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    sandbox = await createProcessSandbox();
    const start = (secretKey: string, adminKey: string): ServiceProcess =>
      sandbox.start({
        DATABASE_URL: database.url,
        SECRET_KEY: secretKey,
        REGISTRY_ADMIN_KEY: adminKey,
        BCRYPT_COST: '4',
        ENDPOINTS_REQUIRE_KEY: 'true',
      });
    betweenProcess = start('new-secret,old-secret', 'new-admin,old-admin');
    [before, between, after] = await Promise.all([
      start('old-secret', 'old-admin').ready,
      betweenProcess.ready,
      start('new-secret', 'new-admin').ready,
    ]);
  });
  afterAll(async () => {
    await sandbox.clear();
    await database.drop();
  });

  async function create(url: string, adminKey: string, appKey: string): Promise<string> {
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'X-Admin-Key': adminKey, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/applications', { name: appKey, appKey })).status).toBe(201);
    const issued = await post(`/applications/${appKey}/environments/production/api-keys`, { name: 'k' });
    expect(issued.status).toBe(201);
    return ((await issued.json()) as { apiKey: string }).apiKey;
  }

  const statusWith = async (url: string, path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}${path}`, { headers })).status;

  it('admin keys: each process takes those it was given, and no other', async () => {
    const admin = (url: string, key: string): Promise<number> =>
      statusWith(url, '/applications', { 'X-Admin-Key': key });
    const table = {
      'old-admin': [200, 200, 401],
      'new-admin': [401, 200, 200],
      'new-admin,old-admin': [401, 401, 401],
      'old-admin,': [401, 401, 401],
      '': [401, 401, 401],
    };
    for (const [key, expected] of Object.entries(table)) {
      expect({ key, is: await Promise.all([before, between, after].map((url) => admin(url, key))) }).toEqual({
        key,
        is: expected,
      });
    }
  });

  it('admin keys: the log tells once that an old one is in use, by its place and not by its text', () => {
    const told = betweenProcess
      .output()
      .match(/Number 2 of the keys in REGISTRY_ADMIN_KEY is still in use, for example by \S+/g);
    expect(told).toEqual([
      expect.stringMatching(
        /^Number 2 of the keys in REGISTRY_ADMIN_KEY is still in use, for example by \S+$/,
      ),
    ]);
    expect(betweenProcess.output()).not.toContain('old-admin');
  });

  it('secret keys: API keys issued under either one are good everywhere', async () => {
    const keys = {
      one: await create(before, 'old-admin', 'one'),
      two: await create(between, 'new-admin', 'two'),
      three: await create(after, 'new-admin', 'three'),
    };
    for (const [appKey, apiKey] of Object.entries(keys)) {
      const statuses = await Promise.all(
        [before, between, after].map((url) =>
          statusWith(url, `/endpoints?app_key=${appKey}`, asApplication(appKey, apiKey)),
        ),
      );
      expect({ appKey, statuses }).toEqual({ appKey, statuses: [200, 200, 200] });
    }
  });

  it('secret keys: with the old one still listed, keys issued under it are not held up by a flood of wrong ones', async () => {
    const oldKey = await create(before, 'old-admin', 'flooded');
    const wrong = Array.from({ length: FLOOD }, (_, index) =>
      statusWith(between, '/endpoints?app_key=flooded', asApplication('flooded', `wrong-${index}`)),
    );
    expect([...new Set(await Promise.all(wrong))].sort()).toEqual([401, 429]);
    expect(await statusWith(between, '/endpoints?app_key=flooded', asApplication('flooded', oldKey))).toBe(
      200,
    );
  });
});
