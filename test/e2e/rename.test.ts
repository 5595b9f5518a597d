import type { Response } from 'supertest';
import type { OperatorRole } from '#libs/domain/operator.js';
import { ApplicationRenamesService } from '#registry/applications/application-renames.service.js';
import { type AuditRow, entriesOf } from '../support/audit-trail.js';
import {
  asApplication,
  type BuiltOperator,
  createApplication,
  createOperator,
  endpoint,
  issueKey,
} from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { importKey } from '../support/imported-key.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { callTool } from '../support/mcp-messages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { expireAlias, renameApplication, renameEnvironment } from '../support/renames.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;

let app: TestApp;
let made = 0;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** An application that has been renamed from `old` to `now`, with an endpoint and a key of `production`. */
interface Renamed {
  readonly id: string;
  readonly old: string;
  readonly now: string;
  readonly apiKey: string;
  readonly environmentId: string;
}

const newKey = (): string => `thing-${++made}`;
const rename = (appKey: string, body: object, headers?: Headers): Promise<Response> =>
  renameApplication(app, appKey, body, headers);
const get = (path: string, headers: Headers = AS_ADMIN): Promise<Response> =>
  Promise.resolve(app.http.get(path).set(headers));
const registerAs = (header: string, appKey: string, apiKey: string): Promise<Response> =>
  Promise.resolve(
    app.http
      .post('/register/endpoints')
      .set(asApplication(header, apiKey))
      .send({ app_key: appKey, endpoints: [endpoint()] }),
  );
const presentKeyOf = ({ body }: Response): unknown => (body as { appKey?: unknown }).appKey;
const aliases = (): Promise<Record<string, unknown>[]> =>
  app.database.query('SELECT "appKey", "applicationId", "expiresAt" FROM "AppKeyAlias" ORDER BY "appKey"');
const aliasesOf = async (id: string): Promise<unknown[]> =>
  (await aliases()).filter(({ applicationId }) => applicationId === id).map(({ appKey }) => appKey);
const formerAppKeysOf = async (appKey: string): Promise<string[]> => {
  const { formerAppKeys } = (await get(`/applications/${appKey}`)).body as {
    formerAppKeys: { appKey: string }[];
  };
  return formerAppKeys.map((former) => former.appKey);
};

async function registered(): Promise<Omit<Renamed, 'now'>> {
  const old = newKey();
  const { id, environments } = await createApplication(app, { appKey: old, name: 'Thing' });
  const { apiKey } = await issueKey(app, old);
  expect((await registerAs(old, old, apiKey)).status).toBe(200);
  return { id, old, apiKey, environmentId: environments[0]?.id ?? '' };
}

async function renamed(gracePeriodSeconds?: number): Promise<Renamed> {
  const thing = await registered();
  const now = `${thing.old}-now`;
  expect((await rename(thing.old, { appKey: now, gracePeriodSeconds })).status).toBe(200);
  return { ...thing, now };
}

const operator = (role: OperatorRole, names: object = {}): Promise<BuiltOperator> =>
  createOperator(app, role, names);

describe('POST /applications/{app_key}/rename', () => {
  it('changes the app key and the time of the change, and keeps all ids', async () => {
    const { id, old, apiKey } = await registered();
    const before = await get(`/applications/${old}`);
    const { environments: _, formerAppKeys, ...application } = before.body as Record<string, unknown>;
    expect(formerAppKeys).toEqual([]);
    const endpoints = await get(`/endpoints?app_key=${old}`);
    const answer = await rename(old, { appKey: `${old}-now` });
    expect(answer.body).toEqual({
      ...application,
      appKey: `${old}-now`,
      updatedAt: expect.any(String),
      alias: { appKey: old, expiresAt: expect.any(String) },
    });
    const { updatedAt, alias } = answer.body as { updatedAt: string; alias: { expiresAt: string } };
    expect(updatedAt > String(application.updatedAt)).toBe(true);
    const graceMs = Date.parse(alias.expiresAt) - Date.parse(updatedAt);
    expect(Math.round(graceMs / DAY_MS)).toBe(30);
    expect(await aliases()).toContainEqual({
      appKey: old,
      applicationId: id,
      expiresAt: new Date(alias.expiresAt),
    });
    const after = await get(`/applications/${old}-now`);
    expect(after.body).toEqual({
      ...(before.body as object),
      appKey: `${old}-now`,
      updatedAt,
      formerAppKeys: [alias],
    });
    expect((await get(`/endpoints?app_key=${old}-now`)).body).toEqual(endpoints.body);
    expect((await registerAs(`${old}-now`, `${old}-now`, apiKey)).body).toMatchObject({ unchanged: 1 });
  });

  it('leaves one entry, with both app keys and the end of the alias', async () => {
    const { id, old } = await registered();
    const answer = await rename(old, { appKey: `${old}-now` }, { 'X-Request-Id': `rename-${old}` });
    const entries = await entriesOf(app, `rename-${old}`);
    expect(entries).toEqual([
      expect.objectContaining({
        action: 'application.renamed',
        actor: 'admin',
        appKey: `${old}-now`,
        applicationId: id,
        resourceType: 'application',
        resourceId: id,
        environment: null,
        before: { appKey: old },
        after: { appKey: `${old}-now`, alias: (answer.body as { alias: unknown }).alias },
      }),
    ]);
  });

  it('is done once: to the same app key it changes nothing, whichever app key the request names', async () => {
    const { old, now, id } = await renamed();
    for (const named of [old, now]) {
      const again = await rename(named, { appKey: now }, { 'X-Request-Id': `again-${named}` });
      expect([again.status, again.body]).toEqual([
        200,
        expect.objectContaining({ appKey: now, alias: null }),
      ]);
      expect(await entriesOf(app, `again-${named}`)).toEqual([]);
    }
    expect(await aliasesOf(id)).toEqual([old]);
  });

  it('leaves nothing behind with a grace period of 0', async () => {
    const { id, old, now, apiKey } = await renamed(0);
    expect(await aliasesOf(id)).toEqual([]);
    expectProblem(await get(`/applications/${old}`), 404, 'application-not-found');
    expectProblem(await registerAs(old, old, apiKey), 401, 'credentials-refused');
    expectProblem(await rename(old, { appKey: 'elsewhere' }), 404, 'application-not-found');
    expectInvalid(await registerAs(now, old, apiKey), '#/app_key');
    await createApplication(app, { appKey: old });
  });

  it('takes the app keys that a creation takes, and a grace period of a year at most', async () => {
    const { old } = await registered();
    for (const appKey of ['', '-x', 'a b', 'with-endpoints', 'x'.repeat(129), 7, null, undefined]) {
      expectInvalid(await rename(old, { appKey }), '#/appKey');
    }
    for (const gracePeriodSeconds of [-1, 1.5, 'long', 366 * 86_400 + 1]) {
      expectInvalid(await rename(old, { appKey: 'x', gracePeriodSeconds }), '#/gracePeriodSeconds');
    }
    expectProblem(await rename('missing', { appKey: 'x' }), 404, 'application-not-found');
    const longest = await rename(old, { appKey: 'x'.repeat(128), gracePeriodSeconds: 366 * 86_400, more: 1 });
    expect(longest.status).toBe(200);
  });

  it('takes no app key of another application, and none that another one answers to', async () => {
    const [taken, { id, old, now }] = [await registered(), await renamed()];
    expectProblem(await rename(taken.old, { appKey: now }), 409, 'app-key-taken');
    expectProblem(await rename(taken.old, { appKey: old }), 409, 'app-key-is-alias');
    const create = (body: object): Promise<Response> =>
      Promise.resolve(app.http.post('/applications').set(AS_ADMIN).send(body));
    const refused = await create({ name: 'New', appKey: old });
    expectProblem(refused, 409, 'app-key-is-alias');
    expect((refused.body as { detail: string }).detail).toBe(
      `The app key '${old}' is a former one of another application, which still answers to it.`,
    );
    // A name that gives the app key of an alias is varied, as one that gives a taken app key.
    const varied = await create({ name: old });
    expect(presentKeyOf(varied)).toMatch(new RegExp(`^${old}-[0-9a-f]{8}$`));
    expect(await aliasesOf(id)).toEqual([old]);
    // What writes past the service, such as a process of the version before, is kept from it as well.
    await expect(
      app.database.query(`INSERT INTO "Application" ("id", "name", "appKey") VALUES ('past', 'Past', $1)`, [
        old,
      ]),
    ).rejects.toMatchObject({ code: '23505', constraint: 'PK_AppKeyAlias' });
  });

  it('takes a former app key back, which then is no alias any more', async () => {
    const { id, old, now } = await renamed();
    expect((await rename(old, { appKey: old, gracePeriodSeconds: 60 })).body).toMatchObject({
      appKey: old,
      alias: { appKey: now },
    });
    expect(await aliasesOf(id)).toEqual([now]);
    for (const named of [old, now]) expect(presentKeyOf(await get(`/applications/${named}`))).toBe(old);
  });

  it('keeps ten former app keys at most', async () => {
    const { id, old } = await registered();
    for (let step = 1; step <= 10; step++) {
      expect((await rename(old, { appKey: `${old}-${step}` })).status).toBe(200);
    }
    expectProblem(await rename(old, { appKey: `${old}-11` }), 409, 'too-many-aliases');
    expect(presentKeyOf(await get(`/applications/${old}`))).toBe(`${old}-10`);
    for (let step = 1; step < 10; step++) {
      expect(presentKeyOf(await get(`/applications/${old}-${step}`))).toBe(`${old}-10`);
    }
    expect(await formerAppKeysOf(old)).toHaveLength(10);
    // Taking one back makes room for the one that is left.
    expect((await rename(old, { appKey: `${old}-3` })).status).toBe(200);
    await expireAlias(app, `${old}-4`);
    expect((await formerAppKeysOf(old)).sort()).toEqual(
      ['', '-1', '-10', '-2', '-5', '-6', '-7', '-8', '-9'].map((end) => old + end),
    );
    expect((await rename(old, { appKey: `${old}-11` })).status).toBe(200);
    expect(await aliasesOf(id)).toHaveLength(11);
  });

  it('is conditional on the tag of the application', async () => {
    const { old } = await registered();
    const tag = String((await get(`/applications/${old}`)).headers.etag);
    const stale = await rename(old, { appKey: `${old}-now` }, { 'If-Match': '"stale"' });
    expectProblem(stale, 412, 'precondition-failed');
    const done = await rename(old, { appKey: `${old}-now` }, { 'If-Match': tag });
    expect(done.status).toBe(200);
    expect(done.headers.etag).toBe((await get(`/applications/${old}-now`)).headers.etag);
    expect(done.headers.etag).not.toBe(tag);
  });

  it('is for admins, within their bindings', async () => {
    const { old } = await registered();
    for (const role of ['agent', 'viewer', 'editor'] as const) {
      const { as } = await operator(role);
      expectProblem(await rename(old, { appKey: 'x' }, as), 403, 'role-required');
    }
    const elsewhere = await operator('admin', { applications: ['elsewhere'] });
    expectProblem(await rename(old, { appKey: 'elsewhere' }, elsewhere.as), 404, 'application-not-found');
    const part = await operator('admin', { environments: ['production'] });
    expectProblem(await rename(old, { appKey: 'x' }, part.as), 403, 'outside-bindings');
    const bound = await operator('admin', { applications: [old, `${old}-now`] });
    expectProblem(await rename(old, { appKey: 'x' }, bound.as), 403, 'outside-bindings');
    expect((await rename(old, { appKey: `${old}-now` }, bound.as)).status).toBe(200);
  });

  it('keeps those bound who were bound to the application, and says so in the trail', async () => {
    const { old } = await registered();
    const bound = await operator('viewer', { applications: ['another', old] });
    const free = await operator('viewer');
    const both = await operator('viewer', { applications: [old, `${old}-now`] });
    const answer = await rename(old, { appKey: `${old}-now` }, { 'X-Request-Id': `bound-${old}` });
    expect(answer.status).toBe(200);
    const entries = await entriesOf(app, `bound-${old}`);
    const updated = entries.filter(({ action }: AuditRow) => action === 'operator.updated');
    expect(entries).toHaveLength(3);
    expect(updated).toHaveLength(2);
    // Entries of one transaction have one time, and no order.
    expect(updated.map(({ before, after }: AuditRow) => ({ before, after }))).toEqual(
      expect.arrayContaining([
        {
          before: { applications: ['another', old] },
          after: { applications: ['another', `${old}-now`] },
        },
        {
          before: { applications: [old, `${old}-now`] },
          after: { applications: [`${old}-now`] },
        },
      ]),
    );
    for (const { as } of [bound, free, both]) {
      for (const named of [old, `${old}-now`]) {
        expect(presentKeyOf(await get(`/applications/${named}`, as))).toBe(`${old}-now`);
      }
    }
    // Who is bound to the former app key from now on is bound to nothing of this application.
    const late = await operator('viewer', { applications: [old] });
    for (const named of [old, `${old}-now`]) {
      expectProblem(await get(`/applications/${named}`, late.as), 404, 'application-not-found');
      expectProblem(
        await get(`/applications/${named}/environments/production`, late.as),
        404,
        'application-not-found',
      );
      expectProblem(await get(`/health-check/applications/${named}`, late.as), 404, 'application-not-found');
    }
    expect((await get(`/audit-logs?app_key=${old}`, late.as)).body).toEqual([]);
    expect((await get('/audit-logs', late.as)).body).toEqual([]);
    const seen = (await get('/audit-logs', both.as)).body as { action: string; appKey: string }[];
    expect(seen.map(({ action, appKey }) => `${action} ${appKey}`)).toEqual([
      `application.renamed ${old}-now`,
      `endpoints.registered ${old}`,
      `api-key.issued ${old}`,
      `application.created ${old}`,
    ]);
  });
});

describe('a former app key', () => {
  let thing: Renamed;
  beforeAll(async () => {
    thing = await renamed();
  });

  const READS = {
    application: (key: string) => `/applications/${key}`,
    environments: (key: string) => `/applications/${key}/environments`,
    environment: (key: string) => `/applications/${key}/environments/production`,
    'API keys': (key: string) => `/applications/${key}/environments/production/api-keys`,
    'OpenAPI document': (key: string) => `/applications/${key}/environments/production/openapi.json`,
    endpoints: (key: string) => `/endpoints?app_key=${key}`,
    'endpoints and shared definitions': (key: string) => `/endpoints?app_key=${key}&definitions=shared`,
    health: (key: string) => `/health-check/applications/${key}`,
    'health checks': (key: string) => `/health-check/applications/${key}/logs`,
    'figures of health': (key: string) => `/health-check/applications/${key}/history`,
    'audit trail': (key: string) => `/audit-logs?app_key=${key}`,
    search: (key: string) => `/search?q=order&application=${key}`,
  };

  it.each(Object.entries(READS))('gives what the present one gives: %s', async (_, pathOf) => {
    // Twice: the second time from memory, where there is one.
    for (let time = 0; time < 2; time++) {
      const [present, former] = [await get(pathOf(thing.now)), await get(pathOf(thing.old))];
      expect(present.status).toBe(200);
      expect({
        ...former.headers,
        date: '',
        'x-request-id': '',
        'ratelimit-remaining': '',
        'ratelimit-reset': '',
      }).toEqual({
        ...present.headers,
        ...{ date: '', 'x-request-id': '', 'ratelimit-remaining': '', 'ratelimit-reset': '' },
      });
      expect(former.body).toEqual(present.body);
    }
  });

  it('finds the whole history under the present one, and under none of others', async () => {
    const actions = async (appKey: string): Promise<string[]> =>
      ((await get(`/audit-logs?app_key=${appKey}`)).body as AuditRow[]).map(({ action }) => action);
    expect(await actions(thing.now)).toEqual([
      'application.renamed',
      'endpoints.registered',
      'api-key.issued',
      'application.created',
    ]);
  });

  it.each([
    ['list_endpoints', {}],
    ['get_endpoints', { method: 'GET', path: '/orders/{orderId}' }],
    ['search_endpoints', { query: 'get an order' }],
  ])('is understood by the MCP tool %s', async (tool, input) => {
    const [present, former] = [
      await callTool(app, tool, { application: thing.now, ...input }),
      await callTool(app, tool, { application: thing.old, ...input }),
    ];
    expect(present).toMatchObject({ isError: false });
    expect(JSON.stringify(present.content)).toContain('/orders/{orderId}');
    expect(former).toEqual(present);
    const inOther = await callTool(app, tool, { application: 'unknown', ...input });
    expect(inOther).toMatchObject({ isError: true, text: expect.stringContaining('"unknown"') });
    const unknown = await callTool(app, tool, { application: thing.old, environment: 'nowhere', ...input });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining('There are: production') });
  });

  it('names the application in changes by operators', async () => {
    const { old, now, id } = await renamed();
    const changes = [
      app.http.put(`/applications/${old}`).send({ description: 'Changed' }),
      app.http.post(`/applications/${old}/environments`).send({ name: 'staging' }),
      app.http.put(`/applications/${old}/environments/staging`).send({ description: 'Changed' }),
      app.http.post(`/applications/${old}/environments/staging/api-keys`).send({ name: 'key' }),
      app.http
        .put(`/applications/${old}/environments/staging/endpoints`)
        .send({ endpoints: [endpoint({ name: 'Replaced' })] }),
      app.http.post(`/health-check/applications/${old}/check`).send({}),
      app.http.delete(`/applications/${old}/environments/staging`),
      app.http.delete(`/applications/${old}`),
    ];
    const statuses: number[] = [];
    for (const change of changes) statuses.push((await change.set(AS_ADMIN)).status);
    expect(statuses).toEqual([200, 201, 200, 201, 200, 200, 204, 204]);
    const entries = await app.database.query<AuditRow>(
      `SELECT "action", "appKey" FROM "AuditLog" WHERE "applicationId" = $1 ORDER BY "createdAt", "id" OFFSET 4`,
      [id],
    );
    expect(entries).toEqual(
      [
        'application.updated',
        'environment.created',
        'environment.updated',
        'api-key.issued',
        'endpoints.replaced',
        'health.checked',
        'environment.deleted',
        'application.deleted',
      ].map((action) => ({ action, appKey: now })),
    );
  });

  it.each(['issued here', 'imported as a hash'])(
    'is accepted with an API key %s, in header and body, each for itself',
    async (kind) => {
      const { old, now, apiKey: issued, environmentId } = await renamed();
      const imported = `imported-key-of-${old}`;
      await importKey(app, environmentId, imported);
      const apiKey = kind === 'issued here' ? issued : imported;
      for (const header of [old, now, old]) {
        for (const appKey of [old, now]) {
          const answer = await registerAs(header, appKey, apiKey);
          expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ unchanged: 1 })]);
        }
        expectInvalid(await registerAs(header, thing.old, apiKey), '#/app_key');
      }
      expectProblem(await registerAs(thing.old, thing.old, apiKey), 401, 'credentials-refused');
      const wrong = asApplication(old, `${apiKey.slice(0, -1)}_`);
      expectProblem(
        await Promise.resolve(app.http.put(`/applications/${old}`).set(wrong).send({})),
        401,
        'credentials-refused',
      );
      const inOther = await Promise.resolve(
        app.http.put(`/applications/${thing.old}`).set(asApplication(old, apiKey)).send({}),
      );
      expectProblem(inOther, 403, 'other-application');
    },
  );

  it('is what clients go on sending at each start, which changes no name', async () => {
    const { old, now, apiKey } = await renamed();
    const start = await app.http
      .put(`/applications/${old}`)
      .set(asApplication(old, apiKey))
      .send({ appKey: old, name: old, healthCheckUrl: '/actuator/health' });
    expect([start.status, start.body]).toEqual([
      200,
      expect.objectContaining({ appKey: now, name: 'Thing', healthCheckUrl: '/actuator/health' }),
    ]);
    for (const [path, header, appKey] of [
      [old, now, now],
      [now, old, old],
      [now, now, old],
    ] as const) {
      const mixed = await app.http
        .put(`/applications/${path}`)
        .set(asApplication(header, apiKey))
        .send({ appKey });
      expect(mixed.status).toBe(200);
    }
    const other = await app.http
      .put(`/applications/${old}`)
      .set(asApplication(old, apiKey))
      .send({ appKey: thing.old });
    expectInvalid(other, '#/appKey');
    expect(other.text).toContain(`POST /applications/${now}/rename`);
  });

  it('names the application after further renames, too', async () => {
    const { old, now } = await renamed();
    expect((await rename(now, { appKey: `${old}-later`, gracePeriodSeconds: 0 })).status).toBe(200);
    expect(presentKeyOf(await get(`/applications/${old}`))).toBe(`${old}-later`);
    expectProblem(await get(`/applications/${now}`), 404, 'application-not-found');
    // A rename by SQL is one as well.
    await app.database.query(`UPDATE "Application" SET "appKey" = $2 WHERE "appKey" = $1`, [
      `${old}-later`,
      `${old}-by-sql`,
    ]);
    const answer = await eventually(() => get(`/endpoints?app_key=${old}`), {
      fits: ({ status }) => status === 200,
    });
    expect(answer.body).toEqual((await get(`/endpoints?app_key=${old}-by-sql`)).body);
  });

  describe('that has expired', () => {
    let expired: Renamed;
    beforeAll(async () => {
      expired = await renamed();
      expect((await registerAs(expired.old, expired.old, expired.apiKey)).status).toBe(200);
      expect((await get(`/endpoints?app_key=${expired.old}`)).status).toBe(200);
      await expireAlias(app, expired.old);
      // The change by SQL reaches the memory of the process by its announcement.
      await eventually(async () => (await get(`/endpoints?app_key=${expired.old}`)).status === 404);
    });

    it('names nothing', async () => {
      const { old, apiKey } = expired;
      expectProblem(await get(`/applications/${old}`), 404, 'application-not-found');
      expectProblem(await get(`/health-check/applications/${old}`), 404, 'application-not-found');
      expectProblem(await registerAs(old, old, apiKey), 401, 'credentials-refused');
      expectInvalid(await registerAs(expired.now, old, apiKey), '#/app_key');
      expect((await get(`/audit-logs?app_key=${old}`)).body).toEqual([]);
      expect((await get(`/search?q=order&application=${old}`)).body).toMatchObject({ hits: [] });
      const tool = await callTool(app, 'list_endpoints', { application: old });
      expect(tool).toMatchObject({ isError: true, text: expect.stringContaining('There is no application') });
      expect(await aliasesOf(expired.id)).toEqual([old]);
    });

    it('is given to a new application, of which alone it tells then', async () => {
      const { old, now, apiKey } = expired;
      await createApplication(app, { appKey: old, name: 'New' });
      expect(await aliasesOf(expired.id)).toEqual([]);
      expect((await get(`/applications/${old}`)).body).toMatchObject({ name: 'New', appKey: old });
      expect((await get(`/endpoints?app_key=${old}`)).body).toMatchObject({ endpoints: [] });
      expectProblem(await registerAs(old, old, apiKey), 401, 'credentials-refused');
      const ofNew = await issueKey(app, old);
      expect((await registerAs(old, old, ofNew.apiKey)).body).toMatchObject({ added: 1 });
      expectProblem(await registerAs(now, now, ofNew.apiKey), 401, 'credentials-refused');
      const trail = async (appKey: string): Promise<string[]> =>
        ((await get(`/audit-logs?app_key=${appKey}&actor=admin`)).body as AuditRow[]).map(
          ({ action, appKey: recorded }) => `${action} ${String(recorded)}`,
        );
      expect(await trail(old)).toEqual([`api-key.issued ${old}`, `application.created ${old}`]);
      expect(await trail(now)).toEqual([
        `application.renamed ${now}`,
        `api-key.issued ${old}`,
        `application.created ${old}`,
      ]);
    });

    it('is deleted by the background job, others are not', async () => {
      const [gone, kept] = [await renamed(), await renamed()];
      await expireAlias(app, gone.old);
      await app.nest.get(ApplicationRenamesService).deleteExpiredAliases();
      expect(await aliasesOf(gone.id)).toEqual([]);
      expect(await aliasesOf(kept.id)).toEqual([kept.old]);
    });

    it('ends by itself, without anything that tells of it', async () => {
      const { old, now } = await renamed(1);
      expect(presentKeyOf(await get(`/applications/${now}`))).toBe(now);
      await eventually(async () => (await get(`/endpoints?app_key=${old}`)).status === 404);
    });
  });

  it('goes with its application, and is free at once', async () => {
    const { id, old, now } = await renamed();
    expect((await app.http.delete(`/applications/${now}`).set(AS_ADMIN)).status).toBe(204);
    expect(await aliasesOf(id)).toEqual([]);
    await createApplication(app, { appKey: old });
    expect(presentKeyOf(await get(`/applications/${old}`))).toBe(old);
  });
});

describe('with ENDPOINTS_REQUIRE_KEY', () => {
  it('opens the endpoints of the application by either app key, and of no other', async () => {
    const { old, now, apiKey } = await renamed();
    const other = await renamed();
    const guarded = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' }, app.database);
    try {
      for (const header of [old, now]) {
        const headers = asApplication(header, apiKey);
        for (const appKey of [old, now, old]) {
          expect((await guarded.http.get(`/endpoints?app_key=${appKey}`).set(headers)).status).toBe(200);
        }
        for (const appKey of [other.old, other.now, 'missing']) {
          const answer = await guarded.http.get(`/endpoints?app_key=${appKey}`).set(headers);
          expectProblem(answer, 403, 'other-application');
        }
      }
    } finally {
      await guarded.nest.close();
    }
  });
});

describe('POST /applications/{app_key}/environments/{environment}/rename', () => {
  it('changes the name, and leaves keys, endpoints and ids as they are', async () => {
    const { id, old, apiKey, environmentId } = await registered();
    const before = await get(`/applications/${old}/environments/production`);
    const { endpoints } = (await get(`/endpoints?app_key=${old}`)).body as { endpoints: unknown };
    const answer = await renameEnvironment(
      app,
      old,
      'production',
      { name: 'live' },
      { 'X-Request-Id': `environment-${old}` },
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...(before.body as object), name: 'live', updatedAt: expect.any(String) });
    expect((await get(`/applications/${old}/environments/live`)).body).toEqual(answer.body);
    expect(await entriesOf(app, `environment-${old}`)).toEqual([
      expect.objectContaining({
        action: 'environment.renamed',
        appKey: old,
        applicationId: id,
        environment: 'live',
        environmentId,
        resourceType: 'environment',
        resourceId: environmentId,
        before: { name: 'production' },
        after: { name: 'live' },
      }),
    ]);
    expect((await get(`/endpoints?app_key=${old}&environment=live`)).body).toMatchObject({ endpoints });
    expectProblem(await get(`/endpoints?app_key=${old}`), 404, 'environment-not-found');
    expectProblem(await get(`/applications/${old}/environments/production`), 404, 'environment-not-found');
    const register = (environment: string, header?: string): Promise<Response> =>
      Promise.resolve(
        app.http
          .post('/register/endpoints')
          .set(asApplication(old, apiKey, header))
          .send({ app_key: old, environment, endpoints: [endpoint()] }),
      );
    expect((await register('live', 'live')).body).toMatchObject({ unchanged: 1 });
    expectProblem(await register('production'), 403, 'other-environment');
    expect((await get(`/search?q=order&application=${old}&environment=live`)).body).toMatchObject({
      hits: [expect.objectContaining({ environment: 'live' })],
    });
    const tool = await callTool(app, 'list_endpoints', { application: old, environment: 'production' });
    expect(tool).toMatchObject({ isError: true, text: expect.stringContaining('There are: live') });
  });

  it('refuses names that are taken, wrong or of nothing, and does nothing for the same name', async () => {
    const { old } = await registered();
    await app.http.post(`/applications/${old}/environments`).set(AS_ADMIN).send({ name: 'live' }).expect(201);
    const to = (name: unknown, headers?: Headers, from = 'production'): Promise<Response> =>
      renameEnvironment(app, old, from, { name }, headers);
    expectProblem(await to('live'), 409, 'environment-exists');
    for (const name of ['', '-x', 'a b', 'x'.repeat(64), 7, null, undefined]) {
      expectInvalid(await to(name), '#/name');
    }
    expectProblem(await to('x', {}, 'missing'), 404, 'environment-not-found');
    expectProblem(
      await renameEnvironment(app, 'missing', 'production', { name: 'x' }),
      404,
      'application-not-found',
    );
    expectProblem(await to('x', { 'If-Match': '"stale"' }), 412, 'precondition-failed');
    expect((await to('production', { 'X-Request-Id': `same-${old}` })).status).toBe(200);
    expect(await entriesOf(app, `same-${old}`)).toEqual([]);
    const tag = String((await get(`/applications/${old}/environments/production`)).headers.etag);
    const done = await to('x', { 'If-Match': tag });
    expect(done.status).toBe(200);
    expect(done.headers.etag).toBe((await get(`/applications/${old}/environments/x`)).headers.etag);
  });

  it('is for admins, within their bindings', async () => {
    const { old } = await registered();
    const to = (name: string, { as }: { as: Headers }): Promise<Response> =>
      renameEnvironment(app, old, 'production', { name }, as);
    expectProblem(await to('x', await operator('editor')), 403, 'role-required');
    const bound = await operator('admin', { environments: ['production', 'live'] });
    expectProblem(await to('x', bound), 403, 'outside-bindings');
    const elsewhere = await operator('admin', { environments: ['staging'] });
    expectProblem(await to('staging', elsewhere), 404, 'environment-not-found');
    expect((await to('live', bound)).status).toBe(200);
  });
});
