import { createApplication, endpoint } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const MEBIBYTE = 1024 * 1024;

let app: TestApp;
let orders: Registrant;

beforeAll(async () => {
  app = await startApp();
  orders = await createRegistrant(app);
  await register(
    app,
    orders,
    Array.from({ length: 20 }, (_, n) => endpoint({ path: `/orders/${n}` })),
  );
  await createApplication(app, { appKey: 'small' });
});
afterAll(() => app.close());

const ENDPOINTS = '/endpoints?app_key=orders';
const LIST = '/applications/with-endpoints';

const get = (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<WireAnswer> =>
  exchange(app.url, { method, target, headers: { 'X-Admin-Key': ADMIN_KEY, ...headers } });

/** Memory may serve it from now on. */
const remembered = (target: string): Promise<unknown> => eventually(() => isFromMemory(target));

/** Whether it is answered while its table is locked. */
async function isFromMemory(target: string): Promise<boolean> {
  await get(target);
  const held = await holdRows(app.database.url, 'LOCK TABLE "Endpoint"');
  try {
    const answer = get(target).then(() => true);
    const late = eventually(async () => {
      const waiting = await app.database.query(`SELECT 1 FROM pg_locks WHERE NOT granted`);
      return waiting.length > 0;
    }).then(() => false);
    late.catch(() => undefined);
    return await Promise.race([answer, late]);
  } finally {
    await held.release();
  }
}

/** The headers for caches, by who may see an answer. */
const FOR_ALL = { 'cache-control': 'no-cache', vary: 'Accept-Encoding, X-Environment' };
const FOR_ONE_CALLER = {
  'cache-control': 'private, no-cache',
  vary: 'Accept-Encoding, X-Admin-Key, Authorization, Cookie, X-App-Key, X-API-Key, X-Environment',
};

describe.each([
  ['GET /endpoints', ENDPOINTS, FOR_ALL],
  ['GET /applications/with-endpoints', LIST, FOR_ONE_CALLER],
])('%s', (_, target, caching) => {
  it('has a strong tag, is to be asked for again, and says what it depends on', async () => {
    const { status, headers, body } = await get(target);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      ...caching,
      etag: expect.stringMatching(/^"[A-Za-z0-9_-]{43}"$/),
      'content-length': String(Buffer.byteLength(body)),
    });
    expect((await get(target)).headers.etag).toBe(headers.etag);
  });

  it.each([
    ['the tag', (tag: string) => tag],
    ['it as a weak one', (tag: string) => `W/${tag}`],
    ['it among others', (tag: string) => `"other", ${tag},"more"`],
    ['any', () => '*'],
  ])('is 304 for a client with %s', async (_name, given) => {
    const etag = String((await get(target)).headers.etag);
    const { status, headers, body } = await get(target, { 'If-None-Match': given(etag) });
    expect({ status, body, etag: headers.etag }).toEqual({ status: 304, body: '', etag });
    expect(headers).toMatchObject(caching);
    expect(headers).not.toHaveProperty('content-type');
  });

  it('is complete for a client with another tag', async () => {
    const etag = String((await get(target)).headers.etag);
    for (const other of ['"other"', etag.slice(1, -1), `${etag.slice(0, -1)}-zip"`, '']) {
      expect([other, (await get(target, { 'If-None-Match': other })).status]).toEqual([other, 200]);
    }
  });

  it('is compressed for a client that accepts it, under a tag of its own', async () => {
    const plain = await get(target);
    for (const [accept, encoding] of [
      ['gzip', 'gzip'],
      ['br', 'br'],
      ['gzip, deflate, br', 'br'],
      ['br;q=0.5, gzip', 'gzip'],
    ] as const) {
      const response = await fetch(`${app.url}${target}`, {
        headers: { ...AS_ADMIN, 'Accept-Encoding': accept },
      });
      expect([accept, response.headers.get('content-encoding')]).toEqual([accept, encoding]);
      expect(await response.text()).toBe(plain.body);
      const etag = `${String(plain.headers.etag).slice(0, -1)}-${encoding}"`;
      expect(response.headers.get('etag')).toBe(etag);
      expect((await get(target, { 'Accept-Encoding': accept, 'If-None-Match': etag })).status).toBe(304);
    }
    for (const accept of ['', 'identity', 'gzip;q=0', 'zstd']) {
      const { headers, body } = await get(target, { 'Accept-Encoding': accept });
      expect([accept, headers['content-encoding'], body]).toEqual([accept, undefined, plain.body]);
    }
  });

  it('has the same headers when only they are asked for', async () => {
    const { headers } = await get(target);
    const head = await get(target, {}, 'HEAD');
    expect(head.body).toBe('');
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'vary']) {
      expect([name, head.headers[name]]).toEqual([name, headers[name]]);
    }
  });

  it('comes from memory, and from the database after every change', async () => {
    await remembered(target);
    const before = (await get(target)).headers.etag;
    await register(app, orders, [endpoint({ path: `/changed/${target.length}` })]);
    const { headers, body } = await get(target);
    expect(headers.etag).not.toBe(before);
    expect(body).toContain(`/changed/${target.length}`);
  });
});

describe('what is remembered', () => {
  it.each([
    ['an environment', `UPDATE "Environment" SET "description" = $1 WHERE "name" = 'production'`],
    ['an application', `UPDATE "Application" SET "description" = $1 WHERE "appKey" = 'orders'`],
    ['an endpoint', `UPDATE "Endpoint" SET "description" = $1`],
  ])('is gone when %s is changed by psql', async (what, change) => {
    await remembered(LIST);
    await app.database.query(change, [`new ${what}`]);
    await eventually(async () => (await get(LIST)).body.includes(`new ${what}`));
  });

  it('is gone when rows are deleted or come by psql', async () => {
    await remembered(ENDPOINTS);
    await app.database.query(
      `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId") VALUES ('by-hand', 'x', '/by-hand', 'GET', $1)`,
      [orders.environmentId],
    );
    await eventually(async () => (await get(ENDPOINTS)).body.includes('/by-hand'));
    await remembered(ENDPOINTS);
    await app.database.query(`DELETE FROM "Endpoint" WHERE "id" = 'by-hand'`);
    await eventually(async () => !(await get(ENDPOINTS)).body.includes('/by-hand'));
    await remembered(ENDPOINTS);
    await app.database.query(`DELETE FROM "Application" WHERE "appKey" = 'small'`);
    await eventually(async () => (await get('/endpoints?app_key=small')).status === 404);
  });

  it('is not what another application changed', async () => {
    await remembered(ENDPOINTS);
    await createApplication(app, { appKey: 'bystander' });
    await eventually(async () => (await get('/endpoints?app_key=bystander')).status === 200);
    const held = await holdRows(app.database.url, 'LOCK TABLE "Endpoint"');
    expect((await get(ENDPOINTS)).status).toBe(200);
    await held.release();
  });

  it('is not used while changes may go untold, and not after that', async () => {
    await remembered(ENDPOINTS);
    await app.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'mcp-registry-changes'`,
    );
    await app.database.query(`UPDATE "Endpoint" SET "name" = 'never announced'`);
    await eventually(async () => (await get(ENDPOINTS)).body.includes('never announced'), { within: 1000 });
    await remembered(ENDPOINTS);
    expect((await get(ENDPOINTS)).body).toContain('never announced');
  });

  it('is not a refusal', async () => {
    expect((await get('/endpoints?app_key=late')).status).toBe(404);
    await createApplication(app, { appKey: 'late' });
    expect((await get('/endpoints?app_key=late')).status).toBe(200);
    expect((await get('/endpoints?app_key=late&environment=other')).status).toBe(404);
  });

  it('is not a list too large for it, which is streamed', async () => {
    await app.database.query(
      `INSERT INTO "Application" ("id", "name", "appKey") SELECT 'large-' || n, 'Large', 'large-' || n FROM generate_series(1, 30) n`,
    );
    await app.database.query(
      `INSERT INTO "Environment" ("id", "name", "applicationId") SELECT "id" || '-large', 'large', "id" FROM "Application" WHERE "name" = 'Large'`,
    );
    await app.database.query(
      `INSERT INTO "Endpoint" ("id", "name", "path", "method", "environmentId", "description")
       SELECT "id", 'x', '/', 'GET', "id", repeat('x', $1::integer) FROM "Environment" WHERE "name" = 'large'`,
      [MEBIBYTE],
    );
    for (let time = 1; time <= 2; time++) {
      const { headers, body } = await get(`${LIST}?environment=large`);
      expect(headers).toMatchObject({ 'transfer-encoding': 'chunked' });
      expect(headers).not.toHaveProperty('etag');
      expect((JSON.parse(body) as unknown[]).length).toBe(30);
    }
  });

  it('pages keep their Link', async () => {
    const first = await get(`${LIST}?environment=large&limit=2`);
    expect(first.headers).toMatchObject({
      etag: expect.any(String),
      link: expect.stringContaining('rel="next"'),
    });
    expect((await get(`${LIST}?environment=large&limit=2`)).headers.link).toBe(first.headers.link);
  });
});
