import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPages } from '../support/pages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Environment {
  readonly id: string;
  readonly name: string;
  readonly updatedAt: string;
}

let app: TestApp;
let appKey: string;
let applicationId: string;

beforeAll(async () => {
  app = await startApp();
  ({ appKey, id: applicationId } = await createApplication(app));
});
afterAll(() => app.close());

const path = (name = '', of = appKey): string =>
  `/applications/${of}/environments${name === '' ? '' : `/${name}`}`;

function post(body: unknown, of = appKey): ReturnType<TestApp['http']['post']> {
  return app.http
    .post(path('', of))
    .set(AS_ADMIN)
    .send(body as object);
}

function put(name: string, body: object, of = appKey): ReturnType<TestApp['http']['put']> {
  return app.http.put(path(name, of)).set(AS_ADMIN).send(body);
}

async function get(name: string): Promise<Environment> {
  const response = await app.http.get(path(name)).set(AS_ADMIN).expect(200);
  return response.body as Environment;
}

describe('POST /applications/{app_key}/environments', () => {
  it('creates one with every field', async () => {
    const response = await post({
      name: 'staging',
      baseDomain: 'staging.example.com',
      description: 'Für Tests 🧪',
    });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'staging',
      description: 'Für Tests 🧪',
      baseDomain: 'staging.example.com',
      status: 'ACTIVE',
      healthStatus: 'UNKNOWN',
      healthStatusChangedAt: null,
      lastHealthCheckAt: null,
      security: null,
      customPrompt: null,
      applicationId,
      createdAt: expect.stringMatching(TIME),
      updatedAt: expect.stringMatching(TIME),
    });
    expect(await get('staging')).toEqual(response.body);
  });

  it.each(['qa', 'QA', '2', 'eu-west_1.blue', 'x'.repeat(63)])('takes the name %s', async (name) => {
    const response = await post({ name });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ name, baseDomain: null, description: null });
    expect(await get(name)).toEqual(response.body);
  });

  it.each([undefined, null, '', '-a', '.a', 'a b', 'a/b', 'ä', 'x'.repeat(64), 5, ['a']])(
    'refuses the name %j',
    async (name) => {
      expectInvalid(await post({ name }), '#/name');
    },
  );

  it.each([
    'api.example.com',
    'api.example.com:8443',
    'api.example.com/v2/',
    'http://localhost:8080',
    'localhost:8080',
    'https://api.example.com/base',
    'HTTP://API.example.com',
    '10.0.0.1',
    '[::1]:8080',
    'münchen.example',
  ])('takes the base domain %s as it is', async (baseDomain) => {
    await put('staging', { baseDomain }).expect(200);
    expect(await get('staging')).toMatchObject({ baseDomain });
  });

  it.each([
    'ftp://api.example.com',
    'javascript:alert(1)',
    'https://',
    'https:///api',
    '/api',
    '//api.example.com',
    'api example.com',
    'user:secret@api.example.com',
    'https://user@api.example.com',
    'api.example.com?x=1',
    'api.example.com#x',
    'api.example.com:99999',
    'back\\slash',
    'https:/api.example.com',
    'https:api.example.com',
    'https:443',
    'http:///api.example.com',
    'https:\\\\api.example.com',
    'https:/\\api.example.com',
    'https://api.example.com\\v2',
    'https://api.example.com:',
    'https://https:/api.example.com',
    'https://api.example.com/\u0001',
    '\u0001api.example.com',
    'x'.repeat(2049),
    7,
  ])('refuses the base domain %j', async (baseDomain) => {
    expectInvalid(await post({ name: 'bad', baseDomain }), '#/baseDomain');
    expectInvalid(await put('staging', { baseDomain }), '#/baseDomain');
  });

  it('takes an empty base domain for none', async () => {
    const response = await post({ name: 'blank', baseDomain: '' });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ baseDomain: null });
  });

  it('answers 409 for a name the application has already, and only then', async () => {
    await post({ name: 'once' }).expect(201);
    expectProblem(await post({ name: 'once', baseDomain: 'other.example' }), 409, 'environment-exists');
    expect(await get('once')).toMatchObject({ baseDomain: null });

    const other = await createApplication(app, { name: 'Other' });
    expect((await post({ name: 'once' }, other.appKey)).status).toBe(201);
  });

  it('answers 404 for an application that does not exist', async () => {
    expectProblem(await post({ name: 'a' }, 'absent'), 404, 'application-not-found');
  });
});

describe('GET /applications/{app_key}/environments', () => {
  it('lists all of the application, oldest first', async () => {
    const names = ['production', 'zeta', 'alpha', 'mid'];
    const { appKey: of } = await createApplication(app, {
      name: 'Listed',
      environments: names.map((name) => ({ name })),
    });
    await post({ name: 'later' }, of).expect(201);
    const response = await app.http.get(path('', of)).set(AS_ADMIN);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect((response.body as Environment[]).map(({ name }) => name)).toEqual([...names, 'later']);
  });

  it('pages through environments of one creation time', async () => {
    const { id, appKey: of } = await createApplication(app, { name: 'Paged' });
    await app.database.query(
      `INSERT INTO "Environment" ("id", "name", "applicationId", "createdAt")
       SELECT 'tie-' || lpad(n::text, 3, '0'), 'tie-' || n, $1, '2020-01-01Z' FROM generate_series(1, 25) n`,
      [id],
    );
    const pages = await fetchPages<Environment>(app, `${path('', of)}?limit=7`);
    expect(pages.map(({ length }) => length)).toEqual([7, 7, 7, 5]);
    expect(pages.flat().map(({ name }) => name)).toEqual([
      ...Array.from({ length: 25 }, (_, n) => `tie-${n + 1}`),
      'production',
    ]);
  });

  it('answers an application without environments with an empty list', async () => {
    const { appKey: of } = await createApplication(app, { name: 'Bare' });
    await app.http.delete(path('production', of)).set(AS_ADMIN).expect(204);
    await app.http.get(path('', of)).set(AS_ADMIN).expect(200, []);
    await app.http
      .get(`${path('', of)}?limit=5`)
      .set(AS_ADMIN)
      .expect(200, []);
  });

  it('answers 404 for an application that does not exist', async () => {
    expectProblem(await app.http.get(path('', 'absent')).set(AS_ADMIN), 404, 'application-not-found');
  });
});

describe('GET /applications/{app_key}/environments/{environment}', () => {
  it('tells a missing application from a missing environment', async () => {
    expectProblem(await app.http.get(path('nowhere')).set(AS_ADMIN), 404, 'environment-not-found');
    expectProblem(
      await app.http.get(path('production', 'absent')).set(AS_ADMIN),
      404,
      'application-not-found',
    );
  });

  it('tells names apart by case', async () => {
    expectProblem(await app.http.get(path('Production')).set(AS_ADMIN), 404, 'environment-not-found');
  });
});

describe('PUT /applications/{app_key}/environments/{environment}', () => {
  beforeAll(() => post({ name: 'changing', baseDomain: 'old.example.com', description: 'Old' }).expect(201));

  it('changes what is given and leaves the rest', async () => {
    const before = await get('changing');
    const response = await put('changing', { baseDomain: 'http://new.example.com:8080/v1' });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      ...before,
      baseDomain: 'http://new.example.com:8080/v1',
      updatedAt: expect.stringMatching(TIME),
    });
    expect(await get('changing')).toEqual(response.body);
  });

  it('clears with null', async () => {
    const response = await put('changing', { baseDomain: null, description: null });
    expect(response.status).toBe(200);
    expect(await get('changing')).toMatchObject({ baseDomain: null, description: null, status: 'ACTIVE' });
  });

  it('changes the status', async () => {
    await put('changing', { status: 'INACTIVE' }).expect(200);
    expect(await get('changing')).toMatchObject({ status: 'INACTIVE' });
    await put('changing', { status: 'active' }).expect(200);
    expect(await get('changing')).toMatchObject({ status: 'ACTIVE' });
    expectInvalid(await put('changing', { status: 'GONE' }), '#/status');
    expectInvalid(await put('changing', { status: null }), '#/status');
  });

  describe('the pointer to a vault', () => {
    const LIMITS = { rateLimitEnabled: true, rateLimitRequests: 100, rateLimitWindow: 60 };
    const UNKNOWN = { rateLimitEnabled: false, rateLimitRequests: null, rateLimitWindow: null };
    const listed = async (): Promise<Record<string, unknown> | undefined> => {
      const response = await app.http
        .get('/applications/with-endpoints?environment=changing')
        .set(AS_ADMIN)
        .expect(200);
      return (response.body as { environment: Record<string, unknown> }[])[0]?.environment;
    };

    it('is stored as a whole, and answered to agents beside the prompt', async () => {
      const security = { vaultKey: 'vault://orders/changing', ...LIMITS };
      const response = await put('changing', { security, customPrompt: 'Ask first.' });
      expect(response.status).toBe(200);
      const stored = {
        id: expect.any(String),
        environmentId: (await get('changing')).id,
        ...security,
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
      };
      expect(response.body).toMatchObject({ security: stored, customPrompt: 'Ask first.' });
      expect(await get('changing')).toEqual(response.body);
      const { security: first } = response.body as { security: object };
      expect(first).toEqual(stored);
      expect(await listed()).toMatchObject({ security: first, customPrompt: 'Ask first.' });

      const second = await put('changing', { security: { vaultKey: 'vault://orders/other' } });
      expect(second.body).toMatchObject({
        security: { ...first, vaultKey: 'vault://orders/other', ...UNKNOWN, updatedAt: expect.any(String) },
        customPrompt: 'Ask first.',
      });
    });

    it('is not in the answer that everybody may read', async () => {
      const { text } = await app.http.get('/endpoints').query({ app_key: appKey, environment: 'changing' });
      expect(JSON.parse(text)).toMatchObject({ environment: { name: 'changing' } });
      expect(text).not.toMatch(/vault|security|customPrompt/);
    });

    it('is in the entity tag and the audit trail, when it changes', async () => {
      const tagged = async (): Promise<string | undefined> =>
        (await app.http.get(path('changing')).set(AS_ADMIN)).headers.etag;
      const [before, tag] = [await get('changing'), await tagged()];
      await put('changing', { security: { vaultKey: 'vault://orders/other' } }).expect(200);
      expect(await get('changing')).toEqual(before);
      expect(await tagged()).toBe(tag);

      await put('changing', { security: { vaultKey: 'vault://orders/third' } }).expect(200);
      expect(await tagged()).not.toBe(tag);
      const [entry] = await app.database.query(
        `SELECT "before", "after" FROM "AuditLog" WHERE "action" = 'environment.updated' ORDER BY "createdAt" DESC LIMIT 1`,
      );
      expect(entry).toEqual({
        before: { security: expect.objectContaining({ vaultKey: 'vault://orders/other' }) },
        after: { security: expect.objectContaining({ vaultKey: 'vault://orders/third' }) },
      });
    });

    it('is announced when psql changes it', async () => {
      expect(await listed()).toMatchObject({ customPrompt: 'Ask first.' });
      await app.database.query(
        `UPDATE "Environment" SET "customPrompt" = 'By hand' WHERE "name" = 'changing'`,
      );
      await eventually(async () => (await listed())?.customPrompt === 'By hand');
    });

    it.each([
      [{ security: 'vault' }, '#/security'],
      [{ security: [] }, '#/security'],
      [{ security: { vaultKey: 7 } }, '#/security/vaultKey'],
      [{ security: { vaultKey: 'x'.repeat(513) } }, '#/security/vaultKey'],
      [{ security: { rateLimitRequests: -1 } }, '#/security/rateLimitRequests'],
      [{ customPrompt: 'x'.repeat(10_001) }, '#/customPrompt'],
    ])('may not be %#', async (body, pointer) => {
      expectInvalid(await put('changing', body), pointer);
    });

    it('is cleared with null', async () => {
      await put('changing', { security: null, customPrompt: null }).expect(200);
      expect(await get('changing')).toMatchObject({ security: null, customPrompt: null });
      expect(await listed()).toMatchObject({ security: null, customPrompt: null });
    });
  });

  it('does not rename, and says so', async () => {
    const refused = await put('changing', { name: 'renamed', description: 'Half of it' });
    expectInvalid(refused, '#/name');
    expect(refused.text).toContain('/environments/changing/rename');
    for (const name of ['changing', null, '']) {
      await put('changing', { name, applicationId: 'x', healthStatus: 'ACTIVE' }).expect(200);
    }
    expect(await get('changing')).toMatchObject({ name: 'changing', applicationId, healthStatus: 'UNKNOWN' });
  });

  it('moves updatedAt only when something changes', async () => {
    await put('changing', { baseDomain: 'kept.example.com', description: 'Kept' }).expect(200);
    await app.database.query(
      `UPDATE "Environment" SET "updatedAt" = '2021-01-01Z' WHERE "name" = 'changing'`,
    );
    for (const same of [{}, { baseDomain: 'kept.example.com' }, { description: 'Kept', status: 'ACTIVE' }]) {
      const response = await put('changing', same).expect(200);
      expect(response.body).toMatchObject({ updatedAt: '2021-01-01T00:00:00.000Z' });
    }
    await put('changing', { description: 'Changed' }).expect(200);
    expect(Date.parse((await get('changing')).updatedAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('answers 404 for what does not exist', async () => {
    expectProblem(await put('nowhere', { description: 'x' }), 404, 'environment-not-found');
    expectProblem(await put('production', {}, 'absent'), 404, 'application-not-found');
  });
});

describe('DELETE /applications/{app_key}/environments/{environment}', () => {
  it('deletes it with its endpoints and keys and nothing else', async () => {
    const { appKey: of, environments } = await createApplication(app, {
      name: 'Shrinking',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    for (const { name: environment } of environments) {
      const { apiKey } = await issueKey(app, of, environment);
      await app.http
        .post('/register/endpoints')
        .set(asApplication(of, apiKey))
        .send({ app_key: of, environment, endpoints: [endpoint(), endpoint({ method: 'PUT' })] })
        .expect(200);
    }

    const response = await app.http.delete(path('staging', of)).set(AS_ADMIN);
    expect(response.status).toBe(204);
    expect(response.text).toBe('');

    const left = await app.database.query(
      `SELECT e."name",
              (SELECT count(*) FROM "Endpoint" p WHERE p."environmentId" = e."id") AS endpoints,
              (SELECT count(*) FROM "ApiKey" k WHERE k."environmentId" = e."id") AS keys
       FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId" WHERE a."appKey" = $1`,
      [of],
    );
    expect(left).toEqual([{ name: 'production', endpoints: '2', keys: '1' }]);
    const orphans = await app.database.query(
      `SELECT "id" FROM "Endpoint" WHERE "environmentId" = $1 UNION ALL SELECT "id" FROM "ApiKey" WHERE "environmentId" = $1`,
      [environments[1]?.id],
    );
    expect(orphans).toEqual([]);

    expectProblem(await app.http.delete(path('staging', of)).set(AS_ADMIN), 404, 'environment-not-found');
  });

  it('answers 404 for an application that does not exist', async () => {
    expectProblem(
      await app.http.delete(path('production', 'absent')).set(AS_ADMIN),
      404,
      'application-not-found',
    );
  });
});
