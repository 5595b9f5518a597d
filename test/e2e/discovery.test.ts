import { createApplication, endpoint, LEFT_OUT } from '../support/builders.js';
import { insertApplications, insertEnvironments } from '../support/bulk-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPage, fetchPages } from '../support/pages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Listed {
  readonly id: string;
  readonly appKey: string;
  readonly environment: Record<string, unknown>;
  readonly endpoints: readonly { readonly path: string; readonly environmentId: string }[];
}

let app: TestApp;
let orders: Registrant;

beforeAll(async () => {
  app = await startApp();
  orders = await createRegistrant(app);
  await app.http
    .put(`/applications/${orders.appKey}/environments/production`)
    .set(AS_ADMIN)
    .send({ baseDomain: 'api.example.com', description: 'Live' })
    .expect(200);
  await register(app, orders, [
    endpoint({ path: '/orders/{orderId}', method: 'PUT' }),
    endpoint({ path: '/customers' }),
    endpoint({ path: '/orders/{orderId}', method: 'DELETE' }),
    endpoint({ path: '/orders' }),
  ]);
});
afterAll(() => app.close());

const discover = (query: object, headers: Record<string, string> = {}) =>
  app.http.get('/endpoints').query(query).set(headers);

describe('GET /endpoints', () => {
  it('gives the environment and its endpoints to everybody', async () => {
    const response = await discover({ app_key: orders.appKey, environment: 'production' });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const { environment, endpoints } = response.body as Record<string, unknown[]>;
    expect(Object.keys(response.body as object)).toEqual(['environment', 'endpoints']);
    expect(environment).toEqual({
      id: orders.environmentId,
      name: 'production',
      description: 'Live',
      baseDomain: 'api.example.com',
      status: 'ACTIVE',
      healthStatus: 'UNKNOWN',
      healthStatusChangedAt: null,
      applicationId: expect.any(String),
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
    });
    expect(endpoints).toHaveLength(4);
    expect(endpoints?.[0]).toEqual({
      ...LEFT_OUT,
      ...endpoint({ path: '/customers' }),
      id: expect.any(String),
      applicationId: (environment as unknown as { applicationId: string }).applicationId,
      environmentId: orders.environmentId,
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
    });
  });

  it('orders them by path and method', async () => {
    const response = await discover({ app_key: orders.appKey });
    const { endpoints } = response.body as { endpoints: { method: string; path: string }[] };
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /customers',
      'GET /orders',
      'DELETE /orders/{orderId}',
      'PUT /orders/{orderId}',
    ]);
  });

  it('shows the stored health status and since when, but never a time that moves with every probe', async () => {
    const probed = await createRegistrant(app);
    await app.database.query(
      `UPDATE "Environment" SET "healthStatus" = 'INACTIVE', "healthStatusChangedAt" = '2026-01-02T03:04:05.678Z',
              "lastHealthCheckAt" = '2026-02-03Z' WHERE "id" = $1`,
      [probed.environmentId],
    );
    const response = await discover({ app_key: probed.appKey });
    expect(response.body).toMatchObject({
      environment: { healthStatus: 'INACTIVE', healthStatusChangedAt: '2026-01-02T03:04:05.678Z' },
      endpoints: [],
    });
    expect(response.text).not.toContain('lastHealthCheckAt');
  });

  describe('takes the environment', () => {
    let appKey: string;

    beforeAll(async () => {
      const names = ['production', 'staging', 'qa'];
      ({ appKey } = await createApplication(app, { environments: names.map((name) => ({ name })) }));
    });

    it.each([
      ['from the query', { environment: 'staging' }, {}, 'staging'],
      ['from X-Environment', {}, { 'X-Environment': 'qa' }, 'qa'],
      [
        'from the query rather than the header',
        { environment: 'staging' },
        { 'X-Environment': 'qa' },
        'staging',
      ],
      ['as production when nothing says otherwise', {}, {}, 'production'],
      ['as production when the query is empty', { environment: '' }, {}, 'production'],
      ['as production when the header is empty', {}, { 'X-Environment': '' }, 'production'],
    ])('%s', async (_, query, headers, name) => {
      const response = await discover({ app_key: appKey, ...query }, headers);
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({ environment: { name } });
    });
  });

  it('tells a missing application from a missing environment', async () => {
    expectProblem(await discover({ app_key: 'absent' }), 404, 'application-not-found');
    expectProblem(
      await discover({ app_key: orders.appKey, environment: 'qa' }),
      404,
      'environment-not-found',
    );
    expectProblem(
      await discover({ app_key: orders.appKey }, { 'X-Environment': 'qa' }),
      404,
      'environment-not-found',
    );
  });

  it.each([
    [{}, '#/app_key'],
    [{ app_key: '' }, '#/app_key'],
    [{ app_key: 'x'.repeat(129) }, '#/app_key'],
    [{ app_key: ['a', 'b'] }, '#/app_key'],
    [{ app_key: 'a\u0000b' }, '#/app_key'],
    [{ app_key: 'orders', environment: 'x'.repeat(64) }, '#/environment'],
    [{ app_key: 'orders', environment: ['a', 'b'] }, '#/environment'],
  ])('refuses the query %j', async (query, pointer) => {
    expectInvalid(await discover(query), pointer);
  });
});

describe('GET /applications/with-endpoints', () => {
  const COUNT = 130;

  beforeAll(async () => {
    await insertApplications(app.database, COUNT);
    await insertEnvironments(app.database, { endpoints: 3 });
    await insertApplications(app.database, 20, { prefix: 'without' });
    await insertEnvironments(app.database, { prefix: 'without', name: 'development', endpoints: 1 });
  });

  const list = (query: object = {}, headers: Record<string, string> = {}) =>
    app.http.get('/applications/with-endpoints').query(query).set(AS_ADMIN).set(headers);

  it('gives applications with the environment and its endpoints', async () => {
    const response = await list();
    const found = (response.body as Listed[]).find(({ appKey }) => appKey === orders.appKey);
    const shown = (await app.http.get(`/applications/${orders.appKey}`).set(AS_ADMIN)).body as object;
    // Without what every probe changes.
    const perProbe = ['lastHealthCheckAt', 'consecutiveFailures', 'consecutiveSuccesses'];
    const application = Object.fromEntries(
      Object.entries(shown).filter(
        ([name]) => ![...perProbe, 'environments', 'formerAppKeys'].includes(name),
      ),
    );
    const discovered = (await discover({ app_key: orders.appKey })).body as {
      environment: object;
      endpoints: object[];
    };
    expect(found).toEqual({
      ...application,
      environment: { ...discovered.environment, security: null, customPrompt: null },
      endpoints: discovered.endpoints,
    });
  });

  it('gives all that have the environment, oldest first, and leaves the others out', async () => {
    const response = await list();
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const listed = JSON.parse(response.text) as Listed[];
    const rows = await app.database.query<{ id: string }>(
      `SELECT a."id" FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
       WHERE e."name" = 'production' ORDER BY a."createdAt", a."id"`,
    );
    expect(listed.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(listed.length).toBeGreaterThan(COUNT);
    for (const { id, environment, endpoints } of listed.slice(0, COUNT)) {
      expect(environment).toMatchObject({ id: `${id}-production`, name: 'production', security: null });
      expect(endpoints.map(({ path, environmentId }) => `${environmentId} ${path}`)).toEqual(
        [1, 2, 3].map((n) => `${id}-production /operations/${n}`),
      );
    }
  });

  it.each([
    ['the query', { environment: 'development' }, {}],
    ['X-Environment', {}, { 'X-Environment': 'development' }],
    ['the query first', { environment: 'development' }, { 'X-Environment': 'production' }],
  ])('takes the environment from %s', async (_, query, headers) => {
    const listed = (await list(query, headers)).body as Listed[];
    expect(listed).toHaveLength(20);
    expect(listed.every(({ environment }) => environment.name === 'development')).toBe(true);
  });

  it('filters by the health of the environment, whatever that of the application', async () => {
    const healthy = ['bulk-000007', 'bulk-000090'];
    await app.database.query(
      `UPDATE "Environment" SET "healthStatus" = 'ACTIVE' WHERE "applicationId" = ANY($1)`,
      [healthy],
    );
    await app.database.query(
      `UPDATE "Environment" SET "healthStatus" = 'INACTIVE' WHERE "applicationId" = 'bulk-000008'`,
    );
    const rowsOf = async (status: string): Promise<string[]> =>
      (
        await app.database.query<{ id: string }>(
          `SELECT a."id" FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id"
           WHERE e."name" = 'production' AND e."healthStatus" = $1 ORDER BY a."createdAt", a."id"`,
          [status],
        )
      ).map(({ id }) => id);
    const ids = async (query: object): Promise<string[]> =>
      ((await list(query)).body as Listed[]).map(({ id }) => id);
    expect(await ids({ healthStatus: 'ACTIVE' })).toEqual(healthy);
    expect(await ids({ healthStatus: 'active', limit: 1 })).toEqual(healthy.slice(0, 1));
    for (const healthStatus of ['INACTIVE', 'UNKNOWN']) {
      expect(await ids({ healthStatus })).toEqual(await rowsOf(healthStatus));
    }
    expect(await ids({ healthStatus: 'INACTIVE' })).toContain('bulk-000008');
  });

  it('answers an unknown environment with an empty list', async () => {
    expect((await list({ environment: 'nowhere' })).body).toEqual([]);
    expect((await list({ environment: 'nowhere', limit: 5 })).body).toEqual([]);
  });

  it('pages to the end and keeps the environment in the Link', async () => {
    const whole = (await list({ environment: 'development' })).body as Listed[];
    const first = await fetchPage<Listed>(
      app,
      '/applications/with-endpoints?environment=development&limit=7',
    );
    expect(first.next).toMatch(/[?&]environment=development(&|$)/);
    const pages = await fetchPages<Listed>(
      app,
      '/applications/with-endpoints?environment=development&limit=7',
    );
    expect(pages.map(({ length }) => length)).toEqual([7, 7, 6]);
    expect(pages.flat()).toEqual(whole);
  });

  it.each([
    [{ limit: 0 }, '#/limit'],
    [{ cursor: 'x' }, '#/cursor'],
    [{ environment: 'x'.repeat(64) }, '#/environment'],
    [{ healthStatus: 'WELL' }, '#/healthStatus'],
  ])('refuses the query %j', async (query, pointer) => {
    expectInvalid(await list(query), pointer);
  });
});
