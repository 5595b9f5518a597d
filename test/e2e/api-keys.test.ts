import { compare } from 'bcryptjs';
import { LastUsedTimes } from '#registry/api-keys/last-used-times.js';
import {
  asApplication,
  type BuiltApplication,
  createApplication,
  endpoint,
  type IssuedKey,
  issueKey,
} from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { importHash, importKey } from '../support/imported-key.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { everyTable } from '../support/table-text.js';

const DAY_MS = 86_400_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UNKNOWN_ID = '00000000-0000-7000-8000-000000000000';

interface KeyRow {
  readonly hashedKey: string;
  readonly isActive: boolean;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

let app: TestApp;
let orders: BuiltApplication;
let numberOfApplications = 0;

beforeAll(async () => {
  app = await startApp();
  // When the uses of keys are written is for the tests to say.
  stopIntervals(app);
});
afterAll(() => app.close());

beforeEach(async () => {
  numberOfApplications += 1;
  orders = await createApplication(app, {
    appKey: `orders-${numberOfApplications}`,
    environments: [{ name: 'production' }, { name: 'staging' }],
  });
});

const keysPath = (environment = 'production'): string =>
  `/applications/${orders.appKey}/environments/${environment}/api-keys`;

const environmentId = (name = 'production'): string =>
  orders.environments.find((each) => each.name === name)?.id ?? '';

const issue = (body: object, environment?: string) =>
  app.http.post(keysPath(environment)).set(AS_ADMIN).send(body);

const rotate = (id: string, body: object = {}, environment?: string) =>
  app.http
    .post(`${keysPath(environment)}/${id}/rotate`)
    .set(AS_ADMIN)
    .send(body);

const revoke = (id: string, environment?: string) =>
  app.http.delete(`${keysPath(environment)}/${id}`).set(AS_ADMIN);

/** The status an application's request gets that any of its keys may make. */
async function statusWith(apiKey: string, environment?: string): Promise<number> {
  const response = await app.http
    .put(`/applications/${orders.appKey}`)
    .set(asApplication(orders.appKey, apiKey, environment))
    .send({});
  return response.status;
}

async function rowOf(id: string): Promise<KeyRow | undefined> {
  const [row] = await app.database.query<KeyRow>(`SELECT * FROM "ApiKey" WHERE "id" = $1`, [id]);
  return row;
}

async function expire(id: string): Promise<void> {
  await app.database.query(`UPDATE "ApiKey" SET "expiresAt" = now() - interval '1 second' WHERE "id" = $1`, [
    id,
  ]);
}

describe('issuing an API key', () => {
  it('shows the key this once, with what is known of it', async () => {
    const response = await issue({ name: 'deployment' });
    expect(response.status).toBe(201);
    const { apiKey } = response.body as IssuedKey;
    expect(apiKey).toMatch(/^mcp_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.byteLength(apiKey)).toBeLessThanOrEqual(72);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'deployment',
      prefix: apiKey.slice(0, 20),
      isActive: true,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      environmentId: environmentId(),
      createdAt: expect.stringMatching(TIME),
      apiKey,
    });
    expect(await statusWith(apiKey)).toBe(200);

    const { apiKey: _, ...listed } = response.body as Record<string, unknown>;
    const list = await app.http.get(keysPath()).set(AS_ADMIN);
    expect(list.status).toBe(200);
    expect(list.body).toEqual([listed]);
  });

  it('never makes the same key twice', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => issueKey(app, orders.appKey)));
    expect(new Set(keys.map(({ apiKey }) => apiKey)).size).toBe(20);
    expect(new Set(keys.map(({ apiKey }) => apiKey.slice(0, 20))).size).toBe(20);
  });

  it('keeps a bcrypt hash of the whole key, and the secret nowhere', async () => {
    const issued = await issueKey(app, orders.appKey);
    const rotated = (await rotate(issued.id, { gracePeriodSeconds: 60 })).body as IssuedKey;
    expect(await statusWith(rotated.apiKey)).toBe(200);
    await revoke(rotated.id).expect(204);

    const tables = await everyTable(app);
    expect([...tables.keys()]).toEqual(
      expect.arrayContaining(['Application', 'Environment', 'Endpoint', 'ApiKey', 'AuditLog']),
    );
    for (const { id, apiKey } of [issued, rotated]) {
      const { hashedKey = '' } = (await rowOf(id)) ?? {};
      expect(hashedKey).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
      expect(await compare(apiKey, hashedKey)).toBe(true);
      for (const [table, text] of tables) {
        expect({ table, hasSecret: text.includes(apiKey.slice(-43)) }).toEqual({ table, hasSecret: false });
        expect({ table, hasHash: text.includes(hashedKey) }).toEqual({ table, hasHash: table === 'ApiKey' });
      }
    }
  });

  it('takes the time it expires, or the number of days', async () => {
    const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
    const timed = await issue({ name: 'timed', expiresAt });
    expect(timed.status).toBe(201);
    expect((timed.body as IssuedKey).expiresAt).toBe(expiresAt);

    const before = Date.now();
    const counted = await issue({ name: 'counted', expiresInDays: 90 });
    expect(counted.status).toBe(201);
    const time = Date.parse((counted.body as IssuedKey).expiresAt ?? '');
    expect(time).toBeGreaterThanOrEqual(before + 90 * DAY_MS);
    expect(time).toBeLessThanOrEqual(Date.now() + 90 * DAY_MS);

    const forever = await issue({ name: 'forever', expiresAt: null, expiresInDays: null });
    expect((forever.body as IssuedKey).expiresAt).toBeNull();
  });

  it.each([
    ['#/expiresInDays', { name: 'both', expiresAt: '2999-01-01T00:00:00Z', expiresInDays: 1 }],
    ['#/expiresAt', { name: 'past', expiresAt: '2020-01-01T00:00:00Z' }],
    ['#/expiresAt', { name: 'no time', expiresAt: 'tomorrow' }],
    ['#/expiresInDays', { name: 'none', expiresInDays: 0 }],
    ['#/expiresInDays', { name: 'half', expiresInDays: 1.5 }],
    ['#/expiresInDays', { name: 'many', expiresInDays: 3651 }],
    ['#/name', {}],
    ['#/name', { name: '' }],
  ])('answers 400 pointing to %s for %j', async (pointer, body) => {
    const response = await issue(body);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ errors: [{ pointer }] });
    expect((await app.http.get(keysPath()).set(AS_ADMIN)).body).toEqual([]);
  });

  it('answers 404 for what does not exist', async () => {
    const { id } = await issueKey(app, orders.appKey, 'staging');
    const unknown = [
      issue({ name: 'lost' }, 'moon'),
      app.http.get(keysPath('moon')).set(AS_ADMIN),
      rotate(id, {}, 'moon'),
      revoke(id, 'moon'),
      rotate(id, {}, 'production'),
      revoke(id, 'production'),
      rotate(UNKNOWN_ID),
      revoke(UNKNOWN_ID),
      app.http.get('/applications/absent/environments/production/api-keys').set(AS_ADMIN),
    ];
    expect((await Promise.all(unknown)).map(({ status }) => status)).toEqual(unknown.map(() => 404));
    expect(await rowOf(id)).toMatchObject({ isActive: true, expiresAt: null });
  });
});

describe('rotating an API key', () => {
  it('replaces it at once without a grace period', async () => {
    const old = (await issue({ name: 'deployment', expiresInDays: 7 })).body as IssuedKey;
    const response = await rotate(old.id);
    expect(response.status).toBe(201);
    const rotated = response.body as IssuedKey;
    expect(rotated).toMatchObject({ name: 'deployment', isActive: true, expiresAt: old.expiresAt });
    expect(rotated.id).not.toBe(old.id);
    expect(rotated.apiKey).not.toBe(old.apiKey);
    expect(await statusWith(old.apiKey)).toBe(401);
    expect(await statusWith(rotated.apiKey)).toBe(200);
    expect(await rowOf(old.id)).toMatchObject({ isActive: false, revokedAt: expect.anything() });
  });

  it('lets the old key live on for the grace period and no longer', async () => {
    const old = await issueKey(app, orders.appKey);
    const before = Date.now();
    const rotated = (await rotate(old.id, { gracePeriodSeconds: 3600 })).body as IssuedKey;
    expect(await statusWith(old.apiKey)).toBe(200);
    expect(await statusWith(rotated.apiKey)).toBe(200);
    const end = (await rowOf(old.id))?.expiresAt?.getTime() ?? 0;
    expect(end).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(end).toBeLessThanOrEqual(Date.now() + 3_600_000);

    await expire(old.id);
    // Told by the database, as every change past the service is.
    await eventually(() => statusWith(old.apiKey), { fits: (status) => status === 401 });
    expect(await statusWith(rotated.apiKey)).toBe(200);
  });

  it('never makes the old key live longer than it would have', async () => {
    const old = (await issue({ name: 'short', expiresInDays: 1 })).body as IssuedKey;
    await rotate(old.id, { gracePeriodSeconds: 30 * 86_400, expiresInDays: 90 }).expect(201);
    expect((await rowOf(old.id))?.expiresAt?.toISOString()).toBe(old.expiresAt);
  });

  it('answers 409 for a key that is revoked or expired', async () => {
    const revoked = await issueKey(app, orders.appKey);
    await revoke(revoked.id).expect(204);
    const expired = await issueKey(app, orders.appKey);
    await expire(expired.id);
    for (const { id } of [revoked, expired]) {
      const response = await rotate(id);
      expect(response.status).toBe(409);
      expect(response.body).toMatchObject({ type: 'urn:mcp-registry:problem:api-key-not-usable' });
    }
    expect((await app.http.get(keysPath()).set(AS_ADMIN)).body).toHaveLength(2);
  });

  it('gives one new key when two operators rotate at once', async () => {
    const old = await issueKey(app, orders.appKey);
    const answers = await Promise.all([rotate(old.id), rotate(old.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await app.http.get(keysPath()).set(AS_ADMIN)).body).toHaveLength(2);
  });
});

describe('revoking an API key', () => {
  it('ends it at once, and doing so again changes nothing', async () => {
    const key = await issueKey(app, orders.appKey);
    const other = await issueKey(app, orders.appKey);
    expect(await statusWith(key.apiKey)).toBe(200);
    await revoke(key.id).expect(204);
    expect(await statusWith(key.apiKey)).toBe(401);
    expect(await statusWith(other.apiKey)).toBe(200);

    const first = await rowOf(key.id);
    expect(first).toMatchObject({ isActive: false, revokedAt: expect.anything() });
    await revoke(key.id).expect(204);
    expect(await rowOf(key.id)).toEqual(first);
    const entries = await app.database.query(
      `SELECT "action" FROM "AuditLog" WHERE "resourceId" = $1 AND "action" = 'api-key.revoked'`,
      [key.id],
    );
    expect(entries).toHaveLength(1);
  });
});

describe('an API key', () => {
  it('is refused while its environment is inactive', async () => {
    const production = await issueKey(app, orders.appKey);
    const staging = await issueKey(app, orders.appKey, 'staging');
    const environment = `/applications/${orders.appKey}/environments/production`;
    await app.http.put(environment).set(AS_ADMIN).send({ status: 'INACTIVE' }).expect(200);
    expect(await statusWith(production.apiKey)).toBe(401);
    expect(await statusWith(staging.apiKey)).toBe(200);
    await app.http.put(environment).set(AS_ADMIN).send({ status: 'ACTIVE' }).expect(200);
    expect(await statusWith(production.apiKey)).toBe(200);
  });

  it('is deleted with its environment', async () => {
    const { id, apiKey } = await issueKey(app, orders.appKey);
    await app.http.delete(`/applications/${orders.appKey}/environments/production`).set(AS_ADMIN).expect(204);
    expect(await rowOf(id)).toBeUndefined();
    expect(await statusWith(apiKey)).toBe(401);
  });

  it('says when it was last used, written together with other uses and not on each request', async () => {
    const used = await issueKey(app, orders.appKey);
    const unused = await issueKey(app, orders.appKey);
    const before = Date.now();
    for (let request = 0; request < 5; request += 1) expect(await statusWith(used.apiKey)).toBe(200);
    await app.http.put(`/applications/${orders.appKey}`).set(asApplication(orders.appKey, 'wrong')).send({});
    expect(await rowOf(used.id)).toMatchObject({ lastUsedAt: null });

    await app.nest.get(LastUsedTimes).flush();
    const lastUsedAt = (await rowOf(used.id))?.lastUsedAt?.getTime() ?? 0;
    expect(lastUsedAt).toBeGreaterThanOrEqual(before);
    expect(lastUsedAt).toBeLessThanOrEqual(Date.now());
    expect(await rowOf(unused.id)).toMatchObject({ lastUsedAt: null });
    const [listed] = (await app.http.get(keysPath()).set(AS_ADMIN)).body as { lastUsedAt: string }[];
    expect(Date.parse(listed?.lastUsedAt ?? '')).toBe(lastUsedAt);
  });

  it('is not said to be used by a request that was refused', async () => {
    const key = await issueKey(app, orders.appKey, 'staging');
    expect(await statusWith(key.apiKey, 'production')).toBe(403);
    await app.nest.get(LastUsedTimes).flush();
    expect(await rowOf(key.id)).toMatchObject({ lastUsedAt: null });
  });
});

describe('an imported hash', () => {
  it.each([
    // Made by libxcrypt, of 'legacy-key'.
    '$2a$04$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC',
    '$2b$04$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC',
    '$2y$04$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC',
  ])('%s lets its key in', async (hashedKey) => {
    await importHash(app, environmentId(), hashedKey);
    expect(await statusWith('legacy-key')).toBe(200);
    expect(await statusWith('legacy-kez')).toBe(401);
  });

  it.each([
    ['a word', 'correct horse battery staple'],
    ['a short text', 'x'],
    ['a text of 70 characters', 'long-'.repeat(14)],
    ['a text that begins as ours', 'mcp_production_key'],
    ['a text that is nearly of our format', `mcp_${'0'.repeat(16)}_${'A'.repeat(42)}`],
    ['a text that is ours and more', `mcp_${'0'.repeat(16)}_${'A'.repeat(43)}B`],
    ['a text of our format in upper case', `MCP_${'0'.repeat(16)}_${'A'.repeat(43)}`],
  ])('lets %s in, in its own environment only', async (_, key) => {
    await importKey(app, environmentId('production'), key);
    expect(await statusWith(key)).toBe(200);
    expect(await statusWith(key, 'production')).toBe(200);
    expect(await statusWith(key, 'staging')).toBe(403);
    const other = await createApplication(app, { name: 'Other' });
    await app.http
      .put(`/applications/${other.appKey}`)
      .set(asApplication(other.appKey, key))
      .send({})
      .expect(401);
  });

  it('of 72 bytes opens nothing with more behind it', async () => {
    const key = 'x'.repeat(72);
    await importKey(app, environmentId(), key);
    expect(await statusWith(key)).toBe(200);
    expect(await statusWith(`${key}x`)).toBe(401);
    expect(await statusWith(`${key}${'x'.repeat(100)}`)).toBe(401);
  });

  it('longer than 72 bytes opens nothing, as bcrypt has not seen all of it', async () => {
    const key = 'y'.repeat(73);
    await importKey(app, environmentId(), key);
    expect(await statusWith(key)).toBe(401);
  });

  it('stands beside others of the same environment', async () => {
    await importKey(app, environmentId(), 'first key');
    await importKey(app, environmentId(), 'second key');
    const issued = await issueKey(app, orders.appKey);
    for (const key of ['first key', 'second key', issued.apiKey]) expect(await statusWith(key)).toBe(200);
    expect(await statusWith('third key')).toBe(401);
  });

  it('is listed without a prefix, revoked and rotated like any other', async () => {
    const id = await importKey(app, environmentId(), 'legacy key');
    const list = await app.http.get(keysPath()).set(AS_ADMIN);
    expect(list.body).toEqual([expect.objectContaining({ id, name: 'imported', prefix: null })]);
    expect(list.text).not.toContain('$2');
    const rotated = (await rotate(id, { gracePeriodSeconds: 60 })).body as IssuedKey;
    expect(await statusWith('legacy key')).toBe(200);
    expect(await statusWith(rotated.apiKey)).toBe(200);
    await revoke(id).expect(204);
    expect(await statusWith('legacy key')).toBe(401);
  });

  it('of the same key is not hidden by a revoked or expired one', async () => {
    const ids = [];
    for (let number = 0; number < 3; number += 1) {
      ids.push(await importKey(app, environmentId(), 'the same key'));
    }
    ids.sort();
    await revoke(ids[0] ?? '').expect(204);
    await expire(ids[1] ?? '');
    expect(await statusWith('the same key')).toBe(200);
    await revoke(ids[2] ?? '').expect(204);
    expect(await statusWith('the same key')).toBe(401);
  });

  it('of one key in several environments registers in the one the body names', async () => {
    await importKey(app, environmentId('production'), 'one for all');
    await importKey(app, environmentId('staging'), 'one for all');
    for (const environment of ['production', 'staging']) {
      const response = await app.http
        .post('/register/endpoints')
        .set(asApplication(orders.appKey, 'one for all'))
        .send({ app_key: orders.appKey, environment, endpoints: [endpoint()] });
      expect(response.status).toBe(200);
      expect((response.body as { message: string }).message).toContain(` in ${environment}:`);
    }
  });

  it.each([
    ['plain text', 'legacy-key'],
    ['an empty text', ''],
    ['another kind of bcrypt', '$2x$04$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC'],
    ['a cost bcrypt does not have', '$2b$99$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC'],
    // As hashSync writes them: anything that compares with them is at it for seconds, hours or days.
    ['a cost of 16', '$2b$16$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC'],
    ['a cost of 31', '$2b$31$abcdefghijklmnopqrstuuaDM.jCV.RZKLiyjpXXL4PjMxJKaHdwC'],
    ['sixty characters of something else', 'legacy-key'.repeat(6)],
    ['another algorithm', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b7dWQ'],
  ])('that is %s opens nothing and disturbs no other key', async (_, hashedKey) => {
    await importHash(app, environmentId(), hashedKey);
    await importKey(app, environmentId(), 'good key');
    expect(await statusWith('legacy-key')).toBe(401);
    expect(await statusWith(hashedKey === '' ? 'nothing' : hashedKey)).toBe(401);
    expect(await statusWith('good key')).toBe(200);
    expect(await statusWith(ADMIN_KEY)).toBe(401);
  });
});
