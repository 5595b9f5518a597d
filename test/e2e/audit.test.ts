import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Response } from 'supertest';
import { countEntries, entriesOf } from '../support/audit-trail.js';
import { createApplication, endpoint, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPage, fetchPages } from '../support/pages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

interface Entry extends Record<string, unknown> {
  readonly id: string;
  readonly createdAt: string;
  readonly action: string;
  readonly requestId: string;
}

type Method = 'post' | 'put' | 'delete';

let app: TestApp;
let requests = 0;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Sends a request with an id of its own, so that its entries can be told from all others. */
async function send(
  method: Method,
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = AS_ADMIN,
): Promise<{ requestId: string; response: Response }> {
  const requestId = `audited-${++requests}`;
  const response = await app.http[method](path)
    .set({ ...headers, 'X-Request-Id': requestId, 'User-Agent': 'audit-tests/1.0' })
    .send(body);
  return { requestId, response };
}

/** Sends a changing request and gives its answer with the one entry it left. */
async function audited(...request: Parameters<typeof send>): Promise<{ body: unknown; entry: object }> {
  const { requestId, response } = await send(...request);
  expect(response.status).toBeLessThan(300);
  const entries = await entriesOf(app, requestId);
  expect(entries).toHaveLength(1);
  const listed = (await app.http.get('/audit-logs').set(AS_ADMIN).expect(200)).body as Entry[];
  const entry = listed.find((each) => each.requestId === requestId);
  // The row holds what the API shows, and nothing more.
  expect(entry).toEqual(JSON.parse(JSON.stringify(entries[0])));
  return { body: response.body, entry: entry ?? {} };
}

/** What every entry of a request by the operator has. */
const byAdmin = {
  id: expect.stringMatching(UUID),
  createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  actor: 'admin',
  apiKeyId: null,
  operatorId: null,
  operatorName: 'REGISTRY_ADMIN_KEY',
  via: 'api',
  sessionId: null,
  environment: null,
  environmentId: null,
  before: null,
  after: null,
  reason: null,
  occurrences: 1,
  ipAddress: '127.0.0.1',
  userAgent: 'audit-tests/1.0',
  requestId: expect.stringMatching(/^audited-/),
};

describe('a change', () => {
  let orders: Registrant;
  let id: string;
  let ofApplication: object;
  let ofEnvironment: object;

  beforeAll(async () => {
    orders = await createRegistrant(app);
    const response = await app.http.get(`/applications/${orders.appKey}`).set(AS_ADMIN);
    ({ id } = response.body as { id: string });
    ofApplication = { appKey: orders.appKey, applicationId: id };
    ofEnvironment = { ...ofApplication, environment: 'production', environmentId: orders.environmentId };
  });

  const applicationPath = (): string => `/applications/${orders.appKey}`;
  const environmentPath = (): string => `${applicationPath()}/environments/production`;

  it('by POST /applications', async () => {
    const { body, entry } = await audited('post', '/applications', { name: 'Audited', appKey: 'audited' });
    const created = body as { id: string };
    expect(entry).toEqual({
      ...byAdmin,
      action: 'application.created',
      appKey: 'audited',
      applicationId: created.id,
      resourceType: 'application',
      resourceId: created.id,
      after: created,
    });
  });

  it('by PUT /applications/{app_key}, the operator calling', async () => {
    await audited('put', applicationPath(), { description: 'Old' });
    const { entry } = await audited('put', applicationPath(), {
      description: 'New',
      name: 'Orders',
      status: 'ACTIVE',
    });
    expect(entry).toEqual({
      ...byAdmin,
      ...ofApplication,
      action: 'application.updated',
      resourceType: 'application',
      resourceId: id,
      before: { description: 'Old' },
      after: { description: 'New' },
    });
  });

  it('by PUT /applications/{app_key}, the application calling', async () => {
    const { entry } = await audited('put', applicationPath(), { healthCheckUrl: '/up' }, orders.headers);
    expect(entry).toEqual({
      ...byAdmin,
      ...ofApplication,
      actor: 'application',
      apiKeyId: orders.apiKeyId,
      operatorName: null,
      action: 'application.updated',
      resourceType: 'application',
      resourceId: id,
      before: { healthCheckUrl: null },
      after: { healthCheckUrl: '/up' },
    });
  });

  it('by POST, PUT and DELETE of an environment', async () => {
    const path = `${applicationPath()}/environments`;
    const created = await audited('post', path, { name: 'staging', baseDomain: 'a.example' });
    const environment = created.body as { id: string };
    const common = {
      ...byAdmin,
      ...ofApplication,
      environment: 'staging',
      environmentId: environment.id,
      resourceType: 'environment',
      resourceId: environment.id,
    };
    expect(created.entry).toEqual({ ...common, action: 'environment.created', after: environment });

    const updated = await audited('put', `${path}/staging`, { baseDomain: null, status: 'INACTIVE' });
    expect(updated.entry).toEqual({
      ...common,
      action: 'environment.updated',
      before: { baseDomain: 'a.example', status: 'ACTIVE' },
      after: { baseDomain: null, status: 'INACTIVE' },
    });

    const deleted = await audited('delete', `${path}/staging`);
    expect(deleted.entry).toEqual({ ...common, action: 'environment.deleted', before: updated.body });
  });

  it('by issuing, rotating and revoking an API key', async () => {
    const path = `${environmentPath()}/api-keys`;
    const common = { ...byAdmin, ...ofEnvironment, resourceType: 'api-key' };

    const issued = await audited('post', path, { name: 'deploy', expiresInDays: 30 });
    const { apiKey: _, ...key } = issued.body as { id: string; apiKey: string };
    expect(issued.entry).toEqual({ ...common, action: 'api-key.issued', resourceId: key.id, after: key });

    const rotated = await audited('post', `${path}/${key.id}/rotate`, { gracePeriodSeconds: 60 });
    const { apiKey: __, ...successor } = rotated.body as { id: string; apiKey: string };
    expect(rotated.entry).toEqual({
      ...common,
      action: 'api-key.rotated',
      resourceId: key.id,
      before: key,
      after: { old: { ...key, expiresAt: expect.any(String) }, new: successor },
    });

    const revoked = await audited('delete', `${path}/${successor.id}`);
    expect(revoked.entry).toEqual({
      ...common,
      action: 'api-key.revoked',
      resourceId: successor.id,
      before: successor,
      after: { ...successor, isActive: false, revokedAt: expect.any(String) },
    });
  });

  it('by POST /register/endpoints', async () => {
    await register(app, orders, [endpoint({ path: '/changed' }), endpoint({ path: '/dropped' })]);
    const { entry } = await audited(
      'post',
      '/register/endpoints',
      {
        app_key: orders.appKey,
        endpoints: [
          endpoint({ path: '/changed', description: 'New' }),
          endpoint({ path: '/added', method: 'POST' }),
        ],
      },
      orders.headers,
    );
    expect(entry).toEqual({
      ...byAdmin,
      ...ofEnvironment,
      actor: 'application',
      apiKeyId: orders.apiKeyId,
      operatorName: null,
      action: 'endpoints.registered',
      resourceType: 'endpoints',
      resourceId: orders.environmentId,
      before: {
        updated: { 'GET /changed': { description: endpoint().description } },
        deleted: { 'GET /dropped': expect.objectContaining(endpoint({ path: '/dropped' })) },
      },
      after: { added: ['POST /added'], updated: { 'GET /changed': { description: 'New' } } },
    });
  });

  it('by DELETE /applications/{app_key}, whose entries outlive it', async () => {
    const history = await fetchPages<Entry>(app, `/audit-logs?app_key=${orders.appKey}`);
    const shown = await app.http.get(applicationPath()).set(AS_ADMIN);
    const { formerAppKeys: _, ...whole } = shown.body as Record<string, unknown>;
    const { entry } = await audited('delete', applicationPath());
    expect(entry).toEqual({
      ...byAdmin,
      ...ofApplication,
      action: 'application.deleted',
      resourceType: 'application',
      resourceId: id,
      before: whole,
    });
    const after = await fetchPages<Entry>(app, `/audit-logs?app_key=${orders.appKey}`);
    expect(after.flat()).toEqual([entry, ...history.flat()]);
  });

  it('leaves no secret and no hash in the trail', async () => {
    const { appKey } = await createApplication(app, { name: 'Secretive' });
    const path = `/applications/${appKey}/environments/production/api-keys`;
    const issued = (await send('post', path, { name: 'a' })).response.body as { id: string; apiKey: string };
    const rotated = (await send('post', `${path}/${issued.id}/rotate`)).response.body as typeof issued;
    await send('delete', `${path}/${rotated.id}`);
    // People write secrets where none belong.
    const description = `Ask for "${ADMIN_KEY}"\n${issued.apiKey}`;
    const { requestId } = await send('put', `/applications/${appKey}`, { description });
    expect(await entriesOf(app, requestId)).toEqual([
      expect.objectContaining({
        after: { description: `Ask for "(hidden)"\n${issued.apiKey.slice(0, 21)}(hidden)` },
      }),
    ]);
    const secrets = [ADMIN_KEY, issued.apiKey.slice(-43), rotated.apiKey.slice(-43)];
    const hashes = await app.database.query<{ hashedKey: string }>(`SELECT "hashedKey" FROM "ApiKey"`);
    expect(hashes.length).toBeGreaterThanOrEqual(2);
    const [trail] = await app.database.query<{ text: string }>(
      `SELECT string_agg(row_to_json(l)::text, ' ') AS text FROM "AuditLog" l`,
    );
    for (const secret of [...secrets, ...hashes.map(({ hashedKey }) => hashedKey)]) {
      expect(trail?.text).not.toContain(secret);
    }
    expect(trail?.text).not.toMatch(/\$2[aby]\$/);
  });
});

describe('no entry', () => {
  let orders: Registrant;

  beforeAll(async () => {
    orders = await createRegistrant(app);
    await register(app, orders, [endpoint()]);
  });

  it('is left by a request that changes nothing', async () => {
    const path = `/applications/${orders.appKey}`;
    const { id } = await issueKey(app, orders.appKey);
    const key = `${path}/environments/production/api-keys/${id}`;
    await send('delete', key);
    const before = await countEntries(app);
    const batch = { app_key: orders.appKey, endpoints: [endpoint()] };
    for (const [method, to, body, headers] of [
      ['put', path, {}],
      ['put', path, { name: 'Orders', description: null, status: 'ACTIVE' }],
      ['put', path, { name: 'Orders' }, orders.headers],
      ['put', `${path}/environments/production`, { baseDomain: '', status: 'active' }],
      ['delete', key, {}],
      ['post', '/register/endpoints', batch, orders.headers],
      [
        'post',
        '/register/endpoints?dryRun=true',
        { ...batch, endpoints: [endpoint({ path: '/x' })] },
        orders.headers,
      ],
    ] as const) {
      const { response } = await send(method, to, body, headers);
      expect(response.status).toBeLessThan(300);
    }
    expect(await countEntries(app)).toBe(before);
  });

  it('is left by a request that is refused, nor a row', async () => {
    const snapshot = (): Promise<unknown> =>
      app.database.query(
        `SELECT (SELECT json_agg(a ORDER BY "id") FROM "Application" a)::text AS applications,
                (SELECT json_agg(e ORDER BY "id") FROM "Environment" e)::text AS environments,
                (SELECT json_agg(p ORDER BY "id") FROM "Endpoint" p)::text AS endpoints,
                (SELECT json_agg(k."id" ORDER BY "id") FROM "ApiKey" k)::text AS keys,
                (SELECT count(*) FROM "AuditLog") AS entries`,
      );
    const before = await snapshot();
    const path = `/applications/${orders.appKey}`;
    for (const [status, method, to, body, headers] of [
      [409, 'post', '/applications', { name: 'Again', appKey: orders.appKey }],
      [409, 'post', `${path}/environments`, { name: 'production' }],
      [400, 'post', '/applications', { name: 'A', environments: [{ name: 'a' }, { name: 'a' }] }],
      [400, 'put', path, { name: '' }],
      [403, 'put', path, { name: 'New', status: 'INACTIVE' }, orders.headers],
      [404, 'put', '/applications/absent', { name: 'A' }],
      [404, 'delete', `${path}/environments/nowhere`, {}],
      [404, 'delete', `${path}/environments/production/api-keys/none`, {}],
      [400, 'post', '/register/endpoints', { app_key: orders.appKey, endpoints: [] }, orders.headers],
    ] as const) {
      const { response } = await send(method, to, body, headers);
      expect({ to, status: response.status }).toEqual({ to, status });
    }
    expect(await snapshot()).toEqual(before);
  });
});

describe('the trail and the change', () => {
  it('stand and fall together: a change whose entry cannot be written does not happen', async () => {
    await app.database.query(
      `CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the disk of the trail is full'; END $$`,
    );
    await app.database.query(
      `CREATE TRIGGER "refuse" BEFORE INSERT ON "AuditLog" FOR EACH ROW
       WHEN (NEW."appKey" = 'unrecorded') EXECUTE FUNCTION refuse_entry()`,
    );
    const response = await app.http
      .post('/applications')
      .set(AS_ADMIN)
      .send({ name: 'Unrecorded', appKey: 'unrecorded' });
    expect(response.status).toBe(500);
    expect(response.text).not.toMatch(/disk|AuditLog|INSERT/);
    await app.database.query(`DROP TRIGGER "refuse" ON "AuditLog"`);

    expect(await app.database.query(`SELECT 1 FROM "Application" WHERE "appKey" = 'unrecorded'`)).toEqual([]);
    expect((await send('post', '/applications', { name: 'U', appKey: 'unrecorded' })).response.status).toBe(
      201,
    );
  });

  it.each([`UPDATE "AuditLog" SET "actor" = 'absent'`, `DELETE FROM "AuditLog"`, `TRUNCATE "AuditLog"`])(
    'are beyond change: %s',
    async (sql) => {
      const before = await countEntries(app);
      expect(before).toBeGreaterThan(0);
      await expect(app.database.query(sql)).rejects.toThrow(/append-only/);
      expect(await countEntries(app)).toBe(before);
    },
  );
});

describe('GET /audit-logs', () => {
  let trail: TestApp;

  beforeAll(async () => {
    trail = await startApp();
    // Five entries at every second; two applications, three actions, one entry in ten by a key.
    await trail.database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "apiKeyId", "appKey", "resourceType")
       SELECT 'entry-' || lpad(n::text, 4, '0'), '2026-01-01Z'::timestamptz + (n / 5) * interval '1 second',
              (ARRAY['application.updated', 'endpoints.registered', 'api-key.issued'])[1 + n % 3],
              CASE WHEN n % 10 = 0 THEN 'application' ELSE 'admin' END,
              CASE WHEN n % 10 = 0 THEN 'key-' || n % 20 END,
              CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END, 'application'
       FROM generate_series(0, 599) n`,
    );
  });
  afterAll(() => trail.close());

  const numbers = (entries: readonly Entry[]): number[] => entries.map(({ id }) => Number(id.slice(-4)));
  const newestFirst = Array.from({ length: 600 }, (_, n) => 599 - n);

  async function all(query: string): Promise<number[]> {
    return numbers((await fetchPages<Entry>(trail, `/audit-logs?limit=500&${query}`)).flat());
  }

  it('gives the fifty newest when no limit is given, and a Link to the rest', async () => {
    const { items, next } = await fetchPage<Entry>(trail, '/audit-logs');
    expect(numbers(items)).toEqual(newestFirst.slice(0, 50));
    expect(numbers((await fetchPage<Entry>(trail, next ?? '')).items)).toEqual(newestFirst.slice(50, 100));
  });

  it('pages through entries of one time to the oldest', async () => {
    const pages = await fetchPages<Entry>(trail, '/audit-logs?limit=123');
    expect(numbers(pages.flat())).toEqual(newestFirst);
    expect(pages.map(({ length }) => length)).toEqual([123, 123, 123, 123, 108]);
  });

  it('gives at most 500', async () => {
    expect((await fetchPage(trail, '/audit-logs?limit=500')).items).toHaveLength(500);
    expectInvalid(await trail.http.get('/audit-logs?limit=501').set(AS_ADMIN), '#/limit');
    expectInvalid(await trail.http.get('/audit-logs?limit=0').set(AS_ADMIN), '#/limit');
  });

  it.each([
    ['app_key=even', (n: number) => n % 2 === 0],
    ['app_key=absent', () => false],
    ['action=api-key.issued', (n: number) => n % 3 === 2],
    ['actor=application', (n: number) => n % 10 === 0],
    ['actor=admin', (n: number) => n % 10 !== 0],
    ['actor=key-10', (n: number) => n % 20 === 10],
    ['from=2026-01-01T00:01:00Z', (n: number) => n >= 300],
    ['to=2026-01-01T00:01:00Z', (n: number) => n < 300],
    ['from=2026-01-01T01:00:10%2B01:00&to=2026-01-01T00:00:12.000Z', (n: number) => n >= 50 && n < 60],
    [
      'app_key=even&action=application.updated&actor=application&to=2026-01-01T00:01:00Z',
      (n: number) => n % 30 === 0 && n < 300,
    ],
    ['from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', () => false],
    ['from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999999999Z', () => true],
  ])('filters by %s', async (query, fits) => {
    expect(await all(query)).toEqual(newestFirst.filter(fits));
  });

  it('keeps the filters in the Link', async () => {
    const pages = await fetchPages<Entry>(
      trail,
      '/audit-logs?app_key=odd&action=endpoints.registered&from=2026-01-01T00:00:30%2B00:00&limit=20',
    );
    expect(pages.length).toBeGreaterThan(2);
    expect(numbers(pages.flat())).toEqual(newestFirst.filter((n) => n % 2 === 1 && n % 3 === 1 && n >= 150));
  });

  it.each([
    ['from=yesterday', '#/from'],
    ['to=2026-01-01', '#/to'],
    ['from=2026-13-01T00:00:00Z', '#/from'],
    ['actor=', '#/actor'],
    ['app_key=a&app_key=b', '#/app_key'],
    ['cursor=x', '#/cursor'],
  ])('refuses %s', async (query, pointer) => {
    expectInvalid(await trail.http.get(`/audit-logs?${query}`).set(AS_ADMIN), pointer);
  });

  it('is for the operator', async () => {
    expectProblem(await trail.http.get('/audit-logs'), 401, 'credentials-refused');
  });
});

describe('where an entry came from', () => {
  async function entryOf(headers: Record<string, string>): Promise<Record<string, unknown>> {
    const response = await app.http
      .post('/applications')
      .set({ ...AS_ADMIN, ...headers })
      .send({ name: 'Originated' })
      .expect(201);
    const entries = await entriesOf(app, response.headers['x-request-id'] ?? '');
    expect(entries).toHaveLength(1);
    return entries[0] ?? {};
  }

  it('keeps the request id of the client, or makes one when it is none', async () => {
    expect(await entryOf({ 'X-Request-Id': 'trace/42:a=b' })).toMatchObject({ requestId: 'trace/42:a=b' });
    for (const unfit of ['two words', 'x'.repeat(129), '<script>', '']) {
      const { requestId } = await entryOf({ 'X-Request-Id': unfit });
      expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  it('cuts a long user agent and does without one', async () => {
    expect((await entryOf({ 'User-Agent': 'u'.repeat(2000) })).userAgent).toBe('u'.repeat(512));
    const requestId = 'without-user-agent';
    const response = await fetchWithoutUserAgent(requestId);
    expect(response).toBe(201);
    expect(await entriesOf(app, requestId)).toEqual([expect.objectContaining({ userAgent: null })]);
  });

  /** supertest and fetch both add a user agent of their own. */
  async function fetchWithoutUserAgent(requestId: string): Promise<number | undefined> {
    const sent = request(`${app.url}/applications`, {
      method: 'POST',
      headers: { ...AS_ADMIN, 'Content-Type': 'application/json', 'X-Request-Id': requestId },
    });
    sent.end(JSON.stringify({ name: 'Nameless client' }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }
});

describe('the address in an entry', () => {
  const FORWARDED = '203.0.113.7, 198.51.100.2, 192.0.2.9';

  it.each([
    [undefined, '127.0.0.1'],
    ['false', '127.0.0.1'],
    ['0', '127.0.0.1'],
    ['1', '192.0.2.9'],
    ['2', '198.51.100.2'],
    ['true', '203.0.113.7'],
    ['loopback', '192.0.2.9'],
    ['127.0.0.1', '192.0.2.9'],
    ['127.0.0.0/8, 192.0.2.0/24', '198.51.100.2'],
    ['10.0.0.0/8', '127.0.0.1'],
  ])('with TRUST_PROXY=%s is %s', async (trust, address) => {
    const behind = await startApp(trust === undefined ? {} : { TRUST_PROXY: trust });
    try {
      await behind.http
        .post('/applications')
        .set({ ...AS_ADMIN, 'X-Forwarded-For': FORWARDED })
        .send({ name: 'Forwarded' })
        .expect(201);
      expect(await behind.database.query(`SELECT "ipAddress" FROM "AuditLog"`)).toEqual([
        { ipAddress: address },
      ]);
    } finally {
      await behind.close();
    }
  });
});
