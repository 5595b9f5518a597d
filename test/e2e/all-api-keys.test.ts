import type { Response } from 'supertest';
import { createApplication, createOperator, issueKey } from '../support/builders.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;

describe('GET /api-keys', () => {
  let app: TestApp;

  /** A key by its name, and what SQL makes of it. */
  async function key(appKey: string, environment: string, name: string, change?: string): Promise<string> {
    const { id } = await issueKey(app, appKey, environment, { name });
    if (change !== undefined) await app.database.query(`UPDATE "ApiKey" SET ${change} WHERE "id" = $1`, [id]);
    return id;
  }

  beforeAll(async () => {
    app = await startApp();
    stopIntervals(app);
    await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    await createApplication(app, { appKey: 'payments', environments: [{ name: 'production' }] });
    await key(
      'orders',
      'production',
      'used',
      `"lastUsedAt" = now(), "expiresAt" = now() + interval '1 year'`,
    );
    await key('orders', 'production', 'unused', `"expiresAt" = now() + interval '1 year'`);
    await key('orders', 'staging', 'endless', `"lastUsedAt" = now()`);
    await key('orders', 'staging', 'soon', `"lastUsedAt" = now(), "expiresAt" = now() + interval '13 days'`);
    await key(
      'payments',
      'production',
      'stale',
      `"createdAt" = now() - interval '1 year', "lastUsedAt" = now() - interval '91 days'`,
    );
    await key('payments', 'production', 'expired', `"expiresAt" = now() - interval '1 second'`);
    const revoked = await key('payments', 'production', 'revoked');
    const path = '/applications/payments/environments/production/api-keys';
    await app.http.delete(`${path}/${revoked}`).set(AS_ADMIN).expect(204);
    const rotated = await key('payments', 'production', 'rotated');
    await app.http
      .post(`${path}/${rotated}/rotate`)
      .set(AS_ADMIN)
      .send({ gracePeriodSeconds: 3600 })
      .expect(201);
  });
  afterAll(() => app.close());

  const get = (query = '', as: Headers = AS_ADMIN): Promise<Response> =>
    Promise.resolve(app.http.get(`/api-keys${query}`).set(as));
  const namesIn = ({ body }: Response): string[] => (body as { name: string }[]).map(({ name }) => name);

  it('lists the keys of all environments, oldest first, with neither secret nor hash', async () => {
    const response = await get();
    expect(namesIn(response)).toEqual([
      ...['stale', 'used', 'unused', 'endless', 'soon', 'expired', 'revoked', 'rotated', 'rotated'],
    ]);
    expect((response.body as unknown[])[1]).toEqual({
      id: expect.any(String),
      name: 'used',
      prefix: expect.stringMatching(/^mcp_[0-9a-f]{16}$/),
      isActive: true,
      expiresAt: expect.any(String),
      lastUsedAt: expect.any(String),
      revokedAt: null,
      environmentId: expect.any(String),
      createdAt: expect.any(String),
      appKey: 'orders',
      environment: 'production',
      state: 'active',
    });
    const states = (response.body as { state: string }[]).map(({ state }) => state);
    expect(states.slice(5)).toEqual(['expired', 'revoked', 'grace', 'active']);
  });

  it.each([
    ['active', ['stale', 'used', 'unused', 'endless', 'soon', 'rotated', 'rotated']],
    ['expiring', ['soon', 'rotated']],
    ['grace', ['rotated']],
    ['never-used', ['unused', 'rotated', 'rotated']],
    ['stale', ['stale']],
    ['no-expiry', ['stale', 'endless', 'rotated']],
    ['expired', ['expired']],
    ['revoked', ['revoked']],
  ])('finds those that are %s', async (state, names) => {
    expect(namesIn(await get(`?state=${state}`))).toEqual(names);
  });

  it('filters by application and environment, former app keys among them, in pages', async () => {
    expect(namesIn(await get('?application=orders&environment=staging'))).toEqual(['endless', 'soon']);
    expect(namesIn(await get('?application=absent'))).toEqual([]);
    await app.http
      .post('/applications/orders/rename')
      .set(AS_ADMIN)
      .send({ appKey: 'purchases' })
      .expect(200);
    expect(namesIn(await get('?application=orders&state=no-expiry'))).toEqual(['endless']);
    await app.http
      .post('/applications/purchases/rename')
      .set(AS_ADMIN)
      .send({ appKey: 'orders' })
      .expect(200);
    const page = await get('?limit=2&environment=production');
    expect(namesIn(page)).toEqual(['stale', 'used']);
    const next = /^<([^>]+)>/.exec(String(page.headers.link))?.[1] ?? '';
    expect(namesIn(await Promise.resolve(app.http.get(next).set(AS_ADMIN)))).toEqual(['unused', 'expired']);
    expectInvalid(await get('?state=lost'), '#/state');
  });

  it('shows operators the keys of what they are bound to', async () => {
    const as = async (role: string, bindings: object): Promise<Headers> =>
      (await createOperator(app, role, bindings)).as;
    const bound = await as('viewer', { applications: ['orders'], environments: ['staging'] });
    expect(namesIn(await get('', bound))).toEqual(['endless', 'soon']);
    expect(namesIn(await get('?application=payments', bound))).toEqual([]);
    expectProblem(await get('', await as('agent', {})), 403, 'role-required');
    expectProblem(await get('', {}), 401, 'credentials-refused');
  });
});
