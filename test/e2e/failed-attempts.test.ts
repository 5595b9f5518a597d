import { randomBytes } from 'node:crypto';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { BcryptPool } from '#registry/api-keys/bcrypt-pool.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { asApplication, createApplication, type IssuedKey, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { exchange } from '../support/http-exchange.js';
import { importKey } from '../support/imported-key.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it, jest } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** What one network may spend on the keys of one application at once: two for a wrong key of a known selector. */
const BURST = 200;
/** What one network may spend at once, whatever applications it claims to be. */
const NETWORK_BURST = 400;
/** More than a network may try with one application, what comes back meanwhile included. */
const FLOOD = 300;
const AT_ONCE = 50;

const secret = (): string => randomBytes(32).toString('base64url');
const unissued = (): string => `mcp_${randomBytes(8).toString('hex')}_${secret()}`;
const withWrongSecret = (apiKey: string): string => `${apiKey.slice(0, -43)}${secret()}`;

describe('a flood of wrong API keys', () => {
  let app: TestApp;
  let known: IssuedKey;

  beforeAll(async () => {
    app = await startApp({ TRUST_PROXY: 'true' });
    // When refusals are written is for the tests to say.
    stopIntervals(app);
    await createApplication(app, { appKey: 'orders' });
    await createApplication(app, { appKey: 'billing' });
    known = await issueKey(app, 'orders');
    expect((await call(known.apiKey)).status).toBe(200);
  });
  afterAll(() => app.close());

  async function call(
    apiKey: string,
    {
      address = '192.0.2.1',
      appKey = 'orders',
      claimed = appKey,
      environment,
    }: { address?: string; appKey?: string; claimed?: string; environment?: string } = {},
  ): Promise<{ status: number; headers: Record<string, string>; body: unknown }> {
    const { status, headers, body } = await exchange(app.url, {
      method: 'PUT',
      target: `/applications/${appKey}`,
      headers: {
        ...asApplication(claimed, apiKey, environment),
        'X-Forwarded-For': address,
        'Content-Type': 'application/json',
      },
      body: '{}',
    });
    return { status, headers: headers as Record<string, string>, body: JSON.parse(body) };
  }

  /** Sends that many, some at once, and gives the answers by status. */
  async function flood(
    count: number,
    apiKey: () => string,
    where: { address?: string; appKey?: string } = {},
  ): Promise<Record<number, number>> {
    const statuses: Record<number, number> = {};
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => call(apiKey(), where)));
      for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    return statuses;
  }

  it.each([
    ['keys that were never issued', unissued, '192.0.2.10', BURST],
    ['wrong secrets of a known key', () => withWrongSecret(known.apiKey), '192.0.2.11', BURST / 2],
    ['one wrong key', () => 'always the same', '192.0.2.12', BURST],
  ])('made of %s is refused with 429', async (_, apiKey, address, allowed) => {
    const statuses = await flood(FLOOD, apiKey, { address });
    expect(Object.keys(statuses)).toEqual(['401', '429']);
    // What comes back meanwhile is allowed too.
    expect(statuses[401]).toBeGreaterThanOrEqual(allowed);

    // What came back since may allow one more.
    const answer = await eventually(() => call(apiKey(), { address }), {
      fits: ({ status }) => status === 429,
    });
    expectProblem(answer, 429, 'too-many-failures');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('stands in the way neither of other networks nor of other applications', async () => {
    expect(await flood(FLOOD, unissued, { address: '192.0.2.20' })).toHaveProperty('429');
    expect((await call(unissued(), { address: '192.0.2.21' })).status).toBe(401);
    expect((await call(unissued(), { address: '192.0.2.20', appKey: 'billing' })).status).toBe(401);
  });

  it('is refused whichever applications it claims to be', async () => {
    let claim = 0;
    const answers: number[] = [];
    while (claim < 2 * FLOOD) {
      const some = Array.from({ length: AT_ONCE }, () =>
        call(unissued(), { address: '192.0.2.80', appKey: `made-up-${(claim += 1)}` }),
      );
      answers.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    expect(answers.filter((status) => status === 401).length).toBeGreaterThanOrEqual(NETWORK_BURST);
    expect(answers).toContain(429);
    expect((await call(known.apiKey, { address: '192.0.2.80' })).status).toBe(200);
  });

  it('counts an IPv6 customer once', async () => {
    let host = 0;
    const address = (): string => `2001:db8:1:2::${(host += 1).toString(16)}`;
    const answers: number[] = [];
    for (let sent = 0; sent < FLOOD; sent += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, () => call(unissued(), { address: address() }));
      answers.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    expect(answers).toContain(429);
    expect((await call(unissued(), { address: '2001:db8:1:3::1' })).status).toBe(401);
  });

  it('does not spread its comparisons over made-up app keys', async () => {
    const comparisons = jest.spyOn(app.nest.get(BcryptPool), 'matches');
    for (let sent = 0; sent < FLOOD + 100; sent += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, number) =>
          call(withWrongSecret(known.apiKey), {
            address: '192.0.2.30',
            claimed: `made-up-${sent + number}`,
          }),
        ),
      );
    }
    expect(comparisons.mock.calls.length).toBeLessThan(FLOOD);
    comparisons.mockRestore();
  });

  it('is made dearer by every hash it makes the registry compare', async () => {
    const { environments } = await createApplication(app, { appKey: 'imports' });
    for (let number = 0; number < 20; number += 1) {
      await importKey(app, environments[0]?.id ?? '', `imported ${number}`);
    }
    const where = { address: '192.0.2.40', appKey: 'imports' };
    expect((await call('imported 19', where)).status).toBe(200);
    const statuses = await flood(AT_ONCE, () => `wrong ${secret()}`, where);
    // 21 each: ten of them overdraw the budget.
    expect(statuses[401]).toBeGreaterThanOrEqual(10);
    expect(statuses[401]).toBeLessThan(20);
    expect((await call('imported 19', where)).status).toBe(200);
  });

  describe('from the same network, for the same application', () => {
    const address = '192.0.2.50';

    it.each([
      ['keys that were never issued', unissued],
      ['wrong secrets of the very key', () => withWrongSecret(known.apiKey)],
      ['any text', secret],
    ])('made of %s never stops a right key', async (_, apiKey) => {
      // First seen by this process in the midst of the flood.
      const fresh = await issueKey(app, 'orders');
      expect(await flood(FLOOD, apiKey, { address })).toHaveProperty('429');
      for (let round = 0; round < 10; round += 1) {
        const [wrong, right, first] = await Promise.all([
          call(apiKey(), { address }),
          call(known.apiKey, { address }),
          call(fresh.apiKey, { address }),
        ]);
        expect([401, 429]).toContain(wrong.status);
        expect([right.status, first.status]).toEqual([200, 200]);
      }
    });

    it('made of wrong secrets of a key never stops that key when it comes first', async () => {
      const fresh = await issueKey(app, 'orders');
      const statuses = await flood(FLOOD, () => withWrongSecret(fresh.apiKey), { address });
      expect(statuses).toHaveProperty('429');
      expect((await call(fresh.apiKey, { address })).status).toBe(200);
    });

    it('does not stop an imported key that was valid recently', async () => {
      const { environments } = await createApplication(app, { appKey: 'legacy' });
      await importKey(app, environments[0]?.id ?? '', 'legacy key');
      const where = { address, appKey: 'legacy' };
      expect((await call('legacy key', where)).status).toBe(200);
      expect(await flood(FLOOD, secret, where)).toHaveProperty('429');
      expect((await call('legacy key', where)).status).toBe(200);
    });

    it('costs right keys nothing', async () => {
      const { environments } = await createApplication(app, { appKey: 'patient' });
      for (let number = 0; number < 12; number += 1) {
        await importKey(app, environments[0]?.id ?? '', `key ${number}`);
      }
      // 12 keys of up to 13 each, over and over: far beyond any budget, were they charged.
      for (let round = 0; round < 3; round += 1) {
        for (let number = 0; number < 12; number += 1) {
          const answer = await call(`key ${number}`, { address: '192.0.2.60', appKey: 'patient' });
          expect(answer.status).toBe(200);
        }
      }
      expect((await call('wrong', { address: '192.0.2.60', appKey: 'patient' })).status).toBe(401);
    });

    it('costs right keys of another environment nothing either, imported ones included', async () => {
      const { environments } = await createApplication(app, {
        appKey: 'astray',
        environments: [{ name: 'staging' }, { name: 'production' }],
      });
      for (let number = 0; number < 12; number += 1) {
        await importKey(app, environments[0]?.id ?? '', `astray ${number}`);
      }
      for (let round = 0; round < 3; round += 1) {
        for (let number = 0; number < 12; number += 1) {
          const answer = await call(`astray ${number}`, {
            address: '192.0.2.61',
            appKey: 'astray',
            environment: 'production',
          });
          expect(answer.status).toBe(403);
          expect(answer.body).toMatchObject({ detail: expect.stringContaining("environment 'staging'") });
        }
      }
      expect((await call('wrong', { address: '192.0.2.61', appKey: 'astray' })).status).toBe(401);
    });
  });

  it('is a bounded number of entries of the audit trail, whichever way it is refused', async () => {
    const flush = (): Promise<void> => app.nest.get<RefusalLog>(RefusalRecorder).flush();
    await flush();
    await app.database.query(`ALTER TABLE "AuditLog" DISABLE TRIGGER USER`);
    await app.database.query(`DELETE FROM "AuditLog"`);
    await flood(FLOOD * 2, unissued, { address: '192.0.2.70' });
    await flush();
    const entries = await app.database.query<{ reason: string; occurrences: number }>(
      `SELECT "reason", "occurrences", "appKey", "ipAddress" FROM "AuditLog" ORDER BY "reason"`,
    );
    expect(entries).toEqual([
      {
        reason: 'too-many-failures',
        occurrences: expect.any(Number),
        appKey: 'orders',
        ipAddress: '192.0.2.70',
      },
      {
        reason: 'unknown-api-key',
        occurrences: expect.any(Number),
        appKey: 'orders',
        ipAddress: '192.0.2.70',
      },
    ]);
    expect(entries.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(FLOOD * 2);
  });
});

describe('more API keys than can be checked', () => {
  let app: TestApp;
  let key: IssuedKey;

  beforeAll(async () => {
    app = await startApp({ BCRYPT_COST: '7', TRUST_PROXY: 'true' });
    await createApplication(app, { appKey: 'orders' });
    key = await issueKey(app, 'orders');
  });
  afterAll(() => app.close());

  it('are refused with 503 at once, while what is trusted is still taken', async () => {
    const put = (apiKey: string, address: string) =>
      app.http
        .put('/applications/orders')
        .set({ ...asApplication('orders', apiKey), 'X-Forwarded-For': address })
        .send({});
    // From many networks, so that no budget is spent: a flood that is distributed.
    const wrong = Array.from({ length: 250 }, (_, number) =>
      put(withWrongSecret(key.apiKey), `198.51.100.${number}`).then((answer) => answer),
    );
    const busy = await Promise.any(
      wrong.map(async (answer) => {
        const { status } = await answer;
        return status === 503 ? answer : Promise.reject(new Error(String(status)));
      }),
    );
    expectProblem(busy, 503, 'too-many-key-checks');
    expect(busy.headers['retry-after']).toBe('2');
    await app.http.get('/health/live').expect(200);
    expect((await put(key.apiKey, '198.51.100.1')).status).toBe(200);
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(64);
  });
});
