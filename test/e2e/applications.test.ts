import request from 'supertest';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { insertApplications } from '../support/bulk-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPage, fetchPages } from '../support/pages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The parts of an application these tests compare one by one. */
interface Application {
  readonly id: string;
  readonly appKey: string;
  readonly name: string;
  readonly status: string;
  readonly description: string | null;
  readonly healthCheckUrl: string | null;
  readonly updatedAt: string;
  readonly environments: readonly { readonly name: string }[];
  readonly formerAppKeys: readonly object[];
}

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

function post(body: unknown): ReturnType<TestApp['http']['post']> {
  return app.http
    .post('/applications')
    .set(AS_ADMIN)
    .send(body as object);
}

function put(appKey: string, body: unknown, headers: Record<string, string> = AS_ADMIN) {
  return app.http
    .put(`/applications/${appKey}`)
    .set(headers)
    .send(body as object);
}

async function get(appKey: string): Promise<Application> {
  const response = await app.http.get(`/applications/${appKey}`).set(AS_ADMIN).expect(200);
  return response.body as Application;
}

async function countOf(table: string): Promise<number> {
  const [row] = await app.database.query<{ count: string }>(`SELECT count(*) FROM "${table}"`);
  return Number(row?.count);
}

describe('POST /applications', () => {
  it('creates one with a production environment when none is named', async () => {
    const response = await post({ name: 'Orders & Returns' });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'Orders & Returns',
      description: null,
      appKey: 'orders-returns',
      status: 'ACTIVE',
      authenticationMethod: 'API_KEY',
      owner: null,
      userId: null,
      healthCheckUrl: null,
      healthStatus: 'UNKNOWN',
      lastHealthCheckAt: null,
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
      environments: [
        {
          id: expect.any(String),
          name: 'production',
          description: null,
          baseDomain: null,
          status: 'ACTIVE',
          healthStatus: 'UNKNOWN',
          healthStatusChangedAt: null,
          lastHealthCheckAt: null,
          security: null,
          customPrompt: null,
          applicationId: (response.body as Application).id,
          createdAt: expect.stringMatching(TIME),
          updatedAt: expect.stringMatching(TIME),
        },
      ],
    });
  });

  it('takes every field', async () => {
    const response = await post({
      name: 'Billing',
      appKey: 'billing:v2.main_~x',
      description: 'Rechnungen – 請求書 🧾',
      healthCheckUrl: 'https://billing.example.com/health?deep=1',
      authenticationMethod: 'OAUTH2',
      owner: 'billing@example.com',
      environments: [
        { name: 'production', baseDomain: 'billing.example.com', description: 'Live' },
        { name: 'staging', baseDomain: 'http://localhost:8080/billing' },
        { name: 'development', baseDomain: null, description: null },
      ],
      ignored: { by: 'the registry' },
    });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      appKey: 'billing:v2.main_~x',
      description: 'Rechnungen – 請求書 🧾',
      healthCheckUrl: 'https://billing.example.com/health?deep=1',
      authenticationMethod: 'OAUTH2',
      owner: 'billing@example.com',
      userId: 'billing@example.com',
      environments: [
        { name: 'production', baseDomain: 'billing.example.com', description: 'Live' },
        { name: 'staging', baseDomain: 'http://localhost:8080/billing', description: null },
        { name: 'development', baseDomain: null, description: null },
      ],
    });
    expect(response.body).not.toHaveProperty('ignored');
    expect(await get('billing:v2.main_~x')).toEqual({ ...(response.body as object), formerAppKeys: [] });
  });

  it('takes null for what may be left out', async () => {
    const response = await post({
      name: 'Nulls',
      appKey: null,
      description: null,
      healthCheckUrl: null,
      authenticationMethod: null,
      environments: null,
    });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ appKey: 'nulls', authenticationMethod: 'API_KEY' });
    expect((response.body as Application).environments.map(({ name }) => name)).toEqual(['production']);
  });

  it.each([
    ['Crème Brûlée', /^creme-brulee$/],
    ['  Ünïcode -- Service_2 ', /^unicode-service-2$/],
    ['ﬁnance', /^finance$/],
    ['注文サービス', /^app-[0-9a-f]{8}$/],
    ['🛒', /^app-[0-9a-f]{8}$/],
    ['x'.repeat(255), /^x{100}$/],
    // The name of a route below /applications would hide the application of that key.
    ['With Endpoints', /^with-endpoints-[0-9a-f]{8}$/],
  ])('makes the app key of %j from the name', async (name, appKey) => {
    const response = await post({ name });
    expect(response.status).toBe(201);
    const created = response.body as Application;
    expect(created).toMatchObject({ name, appKey: expect.stringMatching(appKey) });
    expect((await get(created.appKey)).id).toBe(created.id);
  });

  it('gives a made app key a random ending when the plain one is taken', async () => {
    await post({ name: 'Twice' }).expect(201, /"appKey":"twice"/);
    const second = await post({ name: 'Twice' });
    const third = await post({ name: 'TWICE!' });
    expect([second.status, third.status]).toEqual([201, 201]);
    const keys = [second, third].map(({ body }) => (body as Application).appKey);
    expect(keys).toEqual([expect.stringMatching(/^twice-[0-9a-f]{8}$/), expect.stringMatching(/^twice-/)]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('answers 409 when the app key that was asked for is taken', async () => {
    await createApplication(app, { appKey: 'taken' });
    const before = await countOf('Environment');
    const response = await post({ name: 'Other', appKey: 'taken' });
    expect(response.status).toBe(409);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toEqual({
      type: 'urn:mcp-registry:problem:app-key-taken',
      title: 'App key taken',
      status: 409,
      detail: "The app key 'taken' belongs to another application.",
      instance: '/applications',
      requestId: response.headers['x-request-id'],
    });
    expect(await countOf('Environment')).toBe(before);
  });

  it.each([
    [{}, '#/name'],
    [{ name: null }, '#/name'],
    [{ name: '' }, '#/name'],
    [{ name: 7 }, '#/name'],
    [{ name: 'x'.repeat(256) }, '#/name'],
    [{ name: 'a\u0000b' }, '#/name'],
    [{ name: 'A', appKey: '' }, '#/appKey'],
    [{ name: 'A', appKey: 'two words' }, '#/appKey'],
    [{ name: 'A', appKey: '-a' }, '#/appKey'],
    [{ name: 'A', appKey: 'a/b' }, '#/appKey'],
    [{ name: 'A', appKey: 'x'.repeat(129) }, '#/appKey'],
    [{ name: 'A', appKey: 'with-endpoints' }, '#/appKey'],
    [{ name: 'A', description: 5 }, '#/description'],
    [{ name: 'A', description: 'x'.repeat(10_001) }, '#/description'],
    [{ name: 'A', authenticationMethod: '' }, '#/authenticationMethod'],
    [{ name: 'A', environments: [] }, '#/environments'],
    [{ name: 'A', environments: 'production' }, '#/environments'],
    [{ name: 'A', environments: ['production'] }, '#/environments'],
    [{ name: 'A', environments: [{ name: 'a' }, {}] }, '#/environments/1/name'],
    [{ name: 'A', environments: [{ name: 'a', baseDomain: 'ftp://files' }] }, '#/environments/0/baseDomain'],
    [{ name: 'A', environments: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] }, '#/environments/2/name'],
    [
      { name: 'A', environments: Array.from({ length: 51 }, (_, i) => ({ name: `e${i}` })) },
      '#/environments',
    ],
    [[], '#'],
  ])('refuses %j', async (body, pointer) => {
    const before = await countOf('Application');
    expectInvalid(await post(body), pointer);
    expect(await countOf('Application')).toBe(before);
  });

  it('names every mistake at once', async () => {
    expectInvalid(
      await post({ healthCheckUrl: 'api.example.com', environments: [{ name: '' }] }),
      '#/name',
      '#/healthCheckUrl',
      '#/environments/0/name',
    );
  });
});

describe('the health check URL of an application', () => {
  it.each([
    '/actuator/health',
    '/health?deep=1&x=%20',
    'http://localhost:8080/health',
    'http://localhost',
    'https://api.example.com/health',
    'HTTPS://API.example.com',
    'http://[::1]:8081/health',
    'http://10.0.0.1/',
  ])('may be %s', async (healthCheckUrl) => {
    const response = await post({ name: 'Probed', healthCheckUrl });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ healthCheckUrl });
  });

  it.each([
    'localhost:8080/health',
    'api.example.com/health',
    'actuator health',
    'ftp://example.com/health',
    'javascript:alert(1)',
    '//example.com/health',
    'http://',
    'http:///health',
    'http://user:secret@example.com/',
    'http://exa mple.com/',
    'https://example.com:99999/',
    '/with space',
    '/back\\slash',
    'https:/example.com/health',
    'https:example.com/health',
    'https:\\\\example.com',
    'https://example.com\\health',
    'https://example.com:/health',
    'https://?x',
    'https://@example.com/',
    'https://example.com/\u0001',
    '/health\u007f',
    `/${'x'.repeat(2048)}`,
    8080,
    { url: '/health' },
  ])('may not be %j', async (healthCheckUrl) => {
    expectInvalid(await post({ name: 'Probed', healthCheckUrl }), '#/healthCheckUrl');
  });

  it.each([
    ['actuator/health', '/actuator/health'],
    ['health', '/health'],
    ['health?deep=1', '/health?deep=1'],
  ])('is a path even as %s', async (sent, healthCheckUrl) => {
    const response = await post({ name: 'Probed', healthCheckUrl: sent });
    expect(response.body).toMatchObject({ healthCheckUrl });
    const { appKey } = response.body as { appKey: string };
    expect((await put(appKey, { healthCheckUrl: sent })).body).toMatchObject({ healthCheckUrl });
  });

  it('is null when it is empty, as existing clients send it', async () => {
    const response = await post({ name: 'Probed', healthCheckUrl: '' });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ healthCheckUrl: null });
  });
});

describe('GET /applications', () => {
  const COUNT = 1203;

  beforeAll(() => insertApplications(app.database, COUNT));

  async function storedIds(): Promise<string[]> {
    const rows = await app.database.query<{ id: string }>(
      `SELECT "id" FROM "Application" ORDER BY "createdAt", "id"`,
    );
    return rows.map(({ id }) => id);
  }

  it('streams the whole list, oldest first, when no limit is given', async () => {
    const response = await app.http.get('/applications').set(AS_ADMIN);
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'transfer-encoding': 'chunked',
    });
    expect(response.headers).not.toHaveProperty('link');
    const listed = JSON.parse(response.text) as Application[];
    expect(listed.length).toBeGreaterThan(COUNT);
    expect(listed.map(({ id }) => id)).toEqual(await storedIds());
    expect(listed[0]).toEqual({
      id: 'bulk-000001',
      name: 'Bulk 1',
      description: null,
      appKey: 'bulk-1',
      status: 'ACTIVE',
      authenticationMethod: 'API_KEY',
      owner: null,
      userId: null,
      healthCheckUrl: null,
      healthStatus: 'UNKNOWN',
      lastHealthCheckAt: null,
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      createdAt: '2020-01-01T00:00:00.000Z',
      updatedAt: '2020-01-01T00:00:00.000Z',
    });
  });

  it('pages to the end without gap or repeat while rows are inserted', async () => {
    const before = await storedIds();
    const pages = await fetchPages<Application>(app, '/applications?limit=97', async (page) => {
      // One before everything already read, one after everything.
      await insertApplications(app.database, 1, { prefix: `past-${page}`, since: '2019-01-01T00:00:00Z' });
      await insertApplications(app.database, 1, {
        prefix: `late-${page}`,
        since: `2090-01-01T00:00:${page + 10}Z`,
      });
    });
    const ids = pages.flat().map(({ id }) => id);
    expect(ids.filter((id) => !id.startsWith('late-'))).toEqual(before);
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages.slice(0, -1).every(({ length }) => length === 97)).toBe(true);
    // All but the one that came after the last page was read.
    expect(ids.filter((id) => id.startsWith('late-'))).toHaveLength(pages.length - 1);
  });

  it('ends without a Link when the last page is full', async () => {
    const count = await countOf('Application');
    const half = Math.ceil(count / Math.ceil(count / 400));
    const pages = await fetchPages<Application>(app, `/applications?limit=${half}`);
    expect(pages.flat()).toHaveLength(count);
    expect((await fetchPage(app, `/applications?limit=500`)).next).toBeDefined();
  });

  it('begins the whole list after a cursor that comes without a limit', async () => {
    const { next = '' } = await fetchPage(app, '/applications?limit=3');
    const cursor = new URLSearchParams(next.split('?')[1]).get('cursor') ?? '';
    const response = await app.http.get('/applications').query({ cursor }).set(AS_ADMIN).expect(200);
    expect((response.body as Application[]).map(({ id }) => id)).toEqual((await storedIds()).slice(3));
  });

  it('keeps the other query parameters in the Link', async () => {
    const { next = '' } = await fetchPage(app, '/applications?note=a%26b%3Dc%3Fd?e&limit=2&flag');
    expect(next.startsWith('/applications?')).toBe(true);
    const parameters = Object.fromEntries(new URLSearchParams(next.slice(next.indexOf('?') + 1)));
    expect(parameters).toEqual({
      note: 'a&b=c?d?e',
      limit: '2',
      flag: '',
      cursor: expect.stringMatching(/^[\w-]+$/),
    });
  });

  it('leads with the Link to where the service is mounted', async () => {
    const mounted = await startApp({ BASE_PATH: '/api/registry' });
    try {
      await createApplication(mounted);
      await createApplication(mounted);
      const response = await mounted.http.get('/applications?limit=1').set(AS_ADMIN).expect(200);
      const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(response.headers.link ?? '') ?? [];
      expect(next.startsWith('/api/registry/applications?')).toBe(true);
      const second = await request(new URL(mounted.url).origin).get(next).set(AS_ADMIN).expect(200);
      expect(second.body).toHaveLength(1);
      expect(second.body).not.toEqual(response.body);
    } finally {
      await mounted.close();
    }
  });

  it.each(['0', '501', '-1', '1.5', 'ten', '', '1e2', '9999999999999999'])(
    'refuses limit=%s',
    async (limit) => {
      expectInvalid(await app.http.get('/applications').query({ limit }).set(AS_ADMIN), '#/limit');
    },
  );

  it.each([
    ['', 'nothing'],
    ['bm90IGpzb24', 'no JSON'],
    [word('[]'), 'no position'],
    [word('["2020-01-01T00:00:00.000Z"]'), 'no id'],
    [word('["yesterday","a"]'), 'no time'],
    [word('["2020-01-01T00:00:00.000Z","a"]') + '!', 'more than a cursor'],
    [word('["2020-01-01T00:00:00.000Z","\\u0000"]'), 'text no row can have'],
    [word('["-271821-04-20T00:00:00.000Z","a"]'), 'a time before PostgreSQL begins'],
    [word('["+275760-09-13T00:00:00.000Z","a"]'), 'a year of six digits'],
    ['x'.repeat(501), 'too much'],
  ])('refuses cursor=%s, which holds %s', async (cursor) => {
    for (const query of [{ cursor }, { cursor, limit: 5 }]) {
      expectInvalid(await app.http.get('/applications').query(query).set(AS_ADMIN), '#/cursor');
    }
  });

  function word(json: string): string {
    return Buffer.from(json).toString('base64url');
  }
});

describe('GET /applications/{app_key}', () => {
  it('gives the application with its environments', async () => {
    const created = await createApplication(app, { environments: [{ name: 'zeta' }, { name: 'alpha' }] });
    expect(await get(created.appKey)).toEqual({ ...created, formerAppKeys: [] });
  });

  it.each(['absent', 'no%20app', '%F0%9F%9B%92', "'; DROP TABLE x --"])(
    'answers 404 for %s',
    async (appKey) => {
      expectProblem(
        await app.http.get(`/applications/${appKey}`).set(AS_ADMIN),
        404,
        'application-not-found',
      );
    },
  );
});

describe('PUT /applications/{app_key}', () => {
  let appKey: string;
  let asOwner: Record<string, string>;

  beforeAll(async () => {
    ({ appKey } = await createApplication(app, {
      name: 'Changing',
      description: 'As it was',
      healthCheckUrl: '/health',
    }));
    asOwner = asApplication(appKey, (await issueKey(app, appKey)).apiKey);
  });

  it('changes what is given and leaves the rest', async () => {
    const { environments: _, formerAppKeys: __, ...application } = await get(appKey);
    const response = await put(appKey, { description: 'As it is' });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      ...application,
      description: 'As it is',
      updatedAt: expect.stringMatching(TIME),
    });
    expect(await get(appKey)).toMatchObject(response.body as object);
  });

  it('clears with null what may be cleared', async () => {
    const response = await put(appKey, { description: null, healthCheckUrl: null });
    expect(response.status).toBe(200);
    expect(await get(appKey)).toMatchObject({ name: 'Changing', description: null, healthCheckUrl: null });
  });

  it('takes an empty health check URL for none', async () => {
    await put(appKey, { healthCheckUrl: 'http://localhost:9090/up' }).expect(200);
    expect((await get(appKey)).healthCheckUrl).toBe('http://localhost:9090/up');
    await put(appKey, { healthCheckUrl: '' }).expect(200);
    expect((await get(appKey)).healthCheckUrl).toBeNull();
  });

  it.each([
    [{ name: null }, '#/name'],
    [{ name: '' }, '#/name'],
    [{ healthCheckUrl: 'host.example/health' }, '#/healthCheckUrl'],
    [{ appKey: 'another' }, '#/appKey'],
    [{ authenticationMethod: '' }, '#/authenticationMethod'],
    [{ description: ['x'] }, '#/description'],
    [{ status: null }, '#/status'],
    [{ status: 'PAUSED' }, '#/status'],
  ])('refuses %j', async (body, pointer) => {
    const before = await get(appKey);
    expectInvalid(await put(appKey, body), pointer);
    expect(await get(appKey)).toEqual(before);
  });

  it('moves updatedAt only when something changes', async () => {
    await put(appKey, { name: 'Changing', description: 'Kept', healthCheckUrl: '/kept' }).expect(200);
    await app.database.query(`UPDATE "Application" SET "updatedAt" = '2021-01-01Z' WHERE "appKey" = $1`, [
      appKey,
    ]);
    for (const same of [
      {},
      { name: 'Changing' },
      { description: 'Kept', healthCheckUrl: '/kept' },
      { status: 'active' },
    ]) {
      const response = await put(appKey, same).expect(200);
      expect(response.body).toMatchObject({ updatedAt: '2021-01-01T00:00:00.000Z' });
    }
    await put(appKey, { name: 'Changed' }).expect(200);
    expect(Date.parse((await get(appKey)).updatedAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('does not change what is not its business', async () => {
    const before = await get(appKey);
    const foreign = { id: 'x', appKey, healthStatus: 'ACTIVE', consecutiveFailures: 9, createdAt: 'z' };
    await put(appKey, foreign).expect(200);
    expect(await get(appKey)).toEqual(before);
  });

  it('lets the application change its name, description and health check URL', async () => {
    const change = { name: 'By itself', description: 'Its own words', healthCheckUrl: '/self' };
    const response = await put(appKey, change, asOwner);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject(change);
  });

  it('says that it does not change the app key, and how to get another one', async () => {
    const refused = await put(appKey, { appKey: 'another', name: 'Half of it' });
    expectInvalid(refused, '#/appKey');
    expect(refused.text).toContain(`rename the application by POST /applications/${appKey}/rename`);
    for (const same of [appKey, null, '']) await put(appKey, { appKey: same }, asOwner).expect(200);
  });

  it('lets only the operator change authentication method and owner', async () => {
    const change = { authenticationMethod: 'bearer_token', owner: 'orders@example.com' };
    for (const part of [{ authenticationMethod: 'jwt' }, { owner: 'itself' }]) {
      expectProblem(await put(appKey, part, asOwner), 403, 'field-is-for-operators');
    }
    const response = await put(appKey, change).expect(200);
    expect(response.body).toMatchObject({ ...change, userId: 'orders@example.com' });
    expect(await get(appKey)).toMatchObject({ ...change, userId: 'orders@example.com' });
    const listed = await app.http.get('/applications/with-endpoints').set(AS_ADMIN);
    expect(listed.body).toContainEqual(
      expect.objectContaining({ appKey, ...change, userId: 'orders@example.com' }),
    );

    // What a client reads and sends back, or says nothing about, is no change.
    await put(appKey, { ...change, name: 'Read' }, asOwner).expect(200);
    await put(appKey, { authenticationMethod: null, name: 'Silent' }, asOwner).expect(200);
    expect(await get(appKey)).toMatchObject(change);
    await put(appKey, { owner: null }).expect(200);
    expect(await get(appKey)).toMatchObject({ owner: null, userId: null, name: 'Silent' });
  });

  it('lets only the operator change the status', async () => {
    const refused = await put(appKey, { name: 'Half of it', status: 'INACTIVE' }, asOwner);
    expectProblem(refused, 403, 'field-is-for-operators');
    expect(await get(appKey)).toMatchObject({ name: 'Silent', status: 'ACTIVE' });

    // A client that sends back what it read does not ask for a change.
    await put(appKey, { name: 'All of it', status: 'ACTIVE' }, asOwner).expect(200);
    expect(await get(appKey)).toMatchObject({ name: 'All of it', status: 'ACTIVE' });

    const response = await put(appKey, { status: 'inactive' });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ status: 'INACTIVE' });
    expect((await get(appKey)).status).toBe('INACTIVE');
  });

  it('answers 404 for an application that does not exist', async () => {
    expectProblem(await put('absent', { name: 'A' }), 404, 'application-not-found');
  });
});

describe('DELETE /applications/{app_key}', () => {
  const remove = (appKey: string) => app.http.delete(`/applications/${appKey}`).set(AS_ADMIN);

  it('deletes it with everything below it and nothing else', async () => {
    const environments = [{ name: 'production' }, { name: 'staging' }];
    const doomed = await createApplication(app, { name: 'Doomed', environments });
    const spared = await createApplication(app, { name: 'Spared', environments });
    for (const { appKey } of [doomed, spared]) {
      for (const { name: environment } of environments) {
        const { apiKey } = await issueKey(app, appKey, environment);
        await app.http
          .post('/register/endpoints')
          .set(asApplication(appKey, apiKey))
          .send({ app_key: appKey, environment, endpoints: [endpoint()] })
          .expect(200);
      }
    }

    const response = await remove(doomed.appKey);
    expect(response.status).toBe(204);
    expect(response.text).toBe('');

    const rowsOf = (appKey: string): Promise<Record<string, unknown>[]> =>
      app.database.query(
        `SELECT count(DISTINCT a."id") AS applications, count(DISTINCT e."id") AS environments,
                count(DISTINCT p."id") AS endpoints, count(DISTINCT k."id") AS keys
         FROM "Application" a
         LEFT JOIN "Environment" e ON e."applicationId" = a."id"
         LEFT JOIN "Endpoint" p ON p."environmentId" = e."id"
         LEFT JOIN "ApiKey" k ON k."environmentId" = e."id" WHERE a."appKey" = $1`,
        [appKey],
      );
    expect(await rowsOf(spared.appKey)).toEqual([
      { applications: '1', environments: '2', endpoints: '2', keys: '2' },
    ]);
    const doomedEnvironments = doomed.environments.map(({ id }) => id);
    const left = await app.database.query(
      `SELECT "id" FROM "Application" WHERE "id" = $1
       UNION ALL SELECT "id" FROM "Environment" WHERE "applicationId" = $1
       UNION ALL SELECT "id" FROM "Endpoint" WHERE "environmentId" = ANY($2)
       UNION ALL SELECT "id" FROM "ApiKey" WHERE "environmentId" = ANY($2)`,
      [doomed.id, doomedEnvironments],
    );
    expect(left).toEqual([]);

    expectProblem(await remove(doomed.appKey), 404, 'application-not-found');
  });

  it('frees the app key', async () => {
    const first = await createApplication(app, { appKey: 'reused' });
    await remove('reused').expect(204);
    const second = await createApplication(app, { appKey: 'reused' });
    expect(second.id).not.toBe(first.id);
  });
});
