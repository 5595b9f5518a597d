import type { jest as jestTypes } from '@jest/globals';
import { BcryptPool } from '#registry/api-keys/bcrypt-pool.js';
import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { importKey } from '../support/imported-key.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '../support/jest.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { statementsOf } from '../support/statement-log.js';

const IMPORTED = 3;

describe('the cost of credentials', () => {
  let app: TestApp;
  let keys: { id: string; apiKey: string }[];
  /** Counted around the real pool, because nothing outside shows a comparison. */
  let comparisons: jestTypes.SpiedFunction<BcryptPool['matches']>;

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' });
    comparisons = jest.spyOn(app.nest.get(BcryptPool), 'matches');
    stopIntervals(app);
    const { environments } = await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    keys = await Promise.all(Array.from({ length: 30 }, () => issueKey(app, 'orders')));
    for (const { id, name } of environments) {
      for (let number = 0; number < IMPORTED; number += 1) await importKey(app, id, `${name} ${number}`);
    }
  });
  afterAll(() => app.close());
  beforeEach(() => {
    comparisons.mockClear();
  });

  const keyNumber = (index: number): string => keys[index]?.apiKey ?? '';

  async function statementsOfListing(apiKey: string, status: number): Promise<string[]> {
    return statementsOf(app, () =>
      app.http.get('/endpoints?app_key=orders').set(asApplication('orders', apiKey)).expect(status),
    );
  }

  it('is one statement and one comparison, however many keys there are', async () => {
    for (const index of [0, 15, 29]) {
      comparisons.mockClear();
      const statements = await statementsOfListing(keyNumber(index), 200);
      expect(comparisons).toHaveBeenCalledTimes(1);
      expect(statements.filter((sql) => sql.includes('"ApiKey"'))).toHaveLength(1);
      // The other one, before its answer is remembered, reads the environment with its endpoints.
      expect(statements.length).toBeLessThanOrEqual(2);
      expect(statements.filter((sql) => !sql.trimStart().startsWith('SELECT'))).toEqual([]);
    }
  });

  it('looks one row up by the selector', async () => {
    const [statement = ''] = await statementsOfListing(keyNumber(7), 200);
    const rows = await app.database.query(statement, [keyNumber(7).slice(4, 20)]);
    expect(rows).toEqual([expect.objectContaining({ apiKeyId: keys[7]?.id })]);
  });

  it('is one comparison when the secret is wrong', async () => {
    const statements = await statementsOfListing(`${keyNumber(3).slice(0, -43)}${'A'.repeat(43)}`, 401);
    expect(comparisons).toHaveBeenCalledTimes(1);
    expect(statements).toHaveLength(1);
  });

  it('needs no comparison when the key was never issued', async () => {
    const statements = await statementsOfListing(`mcp_${'0'.repeat(16)}_${'A'.repeat(43)}`, 401);
    expect(comparisons).toHaveBeenCalledTimes(0);
    expect(statements).toHaveLength(1);
  });

  it('is no statement at all when a header is missing', async () => {
    expect(await statementsOfListing('', 401)).toEqual([]);
    expect(comparisons).toHaveBeenCalledTimes(0);
  });

  it('is a comparison with each imported hash of the application for any other text, and no more', async () => {
    const statements = await statementsOfListing('any text', 401);
    expect(comparisons).toHaveBeenCalledTimes(2 * IMPORTED);
    expect(statements).toHaveLength(1);
  });

  it.each([
    ['right', (): string => keyNumber(20), 200],
    ['of a known selector and wrong', (): string => wrong(keyNumber(20)), 401],
    ['imported', (): string => 'production 0', 200],
  ] as const)('of a key that is %s is one comparison however often it comes', async (_, key, status) => {
    await statementsOfListing(key(), status);
    const once = comparisons.mock.calls.length;
    expect(once).toBeGreaterThan(0);
    for (let round = 0; round < 5; round += 1) {
      // What the key stands for is read once at most, and then known until it changes.
      const statements = await statementsOfListing(key(), status);
      expect(statements.filter((sql) => sql.includes('"ApiKey"')).length).toBeLessThanOrEqual(1);
    }
    expect(comparisons).toHaveBeenCalledTimes(once);
  });

  it('of a key that comes many times at once is one comparison', async () => {
    await Promise.all(Array.from({ length: 30 }, () => statementsOfListing(keyNumber(21), 200)));
    await Promise.all(Array.from({ length: 30 }, () => statementsOfListing(wrong(keyNumber(21)), 401)));
    expect(comparisons).toHaveBeenCalledTimes(2);
  });
});

/** The same key with another secret. */
function wrong(apiKey: string): string {
  return `${apiKey.slice(0, -43)}${'B'.repeat(43)}`;
}

describe('a key that was just accepted', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startApp();
    other = await startApp({}, app.database);
    await createApplication(app, { appKey: 'orders' });
  });
  afterAll(async () => {
    await other.nest.close();
    await app.close();
  });

  async function statusesOf(apiKey: string): Promise<number[]> {
    const answers = [app, other].map(({ http }) =>
      http.put('/applications/orders').set(asApplication('orders', apiKey)).send({}),
    );
    return (await Promise.all(answers)).map(({ status }) => status);
  }

  it.each([
    [
      'revoked',
      async (id: string): Promise<void> => {
        await app.http
          .delete(`/applications/orders/environments/production/api-keys/${id}`)
          .set(AS_ADMIN)
          .expect(204);
      },
    ],
    [
      'rotated',
      async (id: string): Promise<void> => {
        await app.http
          .post(`/applications/orders/environments/production/api-keys/${id}/rotate`)
          .set(AS_ADMIN)
          .send({})
          .expect(201);
      },
    ],
    [
      'expired',
      async (id: string): Promise<void> => {
        await app.database.query(`UPDATE "ApiKey" SET "expiresAt" = now() WHERE "id" = $1`, [id]);
      },
    ],
    [
      'deleted',
      async (id: string): Promise<void> => {
        await app.database.query(`DELETE FROM "ApiKey" WHERE "id" = $1`, [id]);
      },
    ],
    [
      'of an application that became inactive',
      async (): Promise<void> => {
        await app.http.put('/applications/orders').set(AS_ADMIN).send({ status: 'INACTIVE' }).expect(200);
      },
    ],
  ])('is refused by every replica at once, which is when it is told, once it is %s', async (_, end) => {
    await app.http.put('/applications/orders').set(AS_ADMIN).send({ status: 'ACTIVE' }).expect(200);
    const { id, apiKey } = await issueKey(app, 'orders');
    expect(await statusesOf(apiKey)).toEqual([200, 200]);
    expect(await statusesOf(apiKey)).toEqual([200, 200]);
    await end(id);
    await eventually(() => statusesOf(apiKey), {
      fits: (statuses) => statuses.join() === '401,401',
      within: 1000,
    });
  });
});

describe('a key issued under another SECRET_KEY', () => {
  it('is as good', async () => {
    const app = await startApp();
    const other = await startApp({ SECRET_KEY: 'the-next-secret-key' }, app.database);
    try {
      await createApplication(app, { appKey: 'orders' });
      const { apiKey } = await issueKey(app, 'orders');
      for (let round = 0; round < 2; round += 1) {
        await other.http
          .put('/applications/orders')
          .set(asApplication('orders', apiKey))
          .send({})
          .expect(200);
      }
    } finally {
      await other.nest.close();
      await app.close();
    }
  });
});
