import type { Response } from 'supertest';
import { createApplication, endpoint } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { statementsOf } from '../support/statement-log.js';
import { createTestDatabase } from '../support/test-database.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let app: TestApp;
let line: SeverableLine;

beforeAll(async () => {
  const database = await createTestDatabase();
  line = await severableLine(database.url);
  // The tests' own queries go straight to the database, the service's through the line.
  app = await startApp({}, { ...database, url: line.url });
});
beforeEach(() => line.mend());
afterAll(async () => {
  await app.close();
  await line.close();
});

const get = (path: string): Promise<Response> => Promise.resolve(app.http.get(path));

function expectHealthy(response: Response): void {
  expect(response.status).toBe(200);
  expect(response.body).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    dependencies: { database: 'ok' },
    timestamp: expect.stringMatching(TIME),
  });
}

/** The answer of a check counts for a quarter of a second. */
const isNoticed = (status: number): Promise<Response> =>
  eventually(() => get('/health/ready'), { fits: (answer) => answer.status === status, within: 5000 });
const isBack = (): Promise<Response> => isNoticed(200);

describe('while the database is there', () => {
  it('/health says so', async () => {
    expectHealthy(await get('/health'));
  });

  it.each(['/health/live', '/health/ready'])('%s is 200', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ status: 'ok' });
  });
});

describe('callers at the same time', () => {
  it('share one check of the database', async () => {
    const begun = performance.now();
    const statements = await statementsOf(app, async () => {
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, index) => get(index % 2 === 0 ? '/health/ready' : '/health')),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
    const checks = statements.filter((statement) => statement.trim() === 'SELECT 1').length;
    // A check, and another one for each quarter of a second.
    expect(checks).toBeLessThanOrEqual(2 + (performance.now() - begun) / 250);
  });
});

describe('while the database is away', () => {
  let orders: Registrant;

  beforeAll(async () => {
    await line.mend();
    await isBack();
    orders = await createRegistrant(app);
    await register(app, orders, [endpoint()]);
  });
  beforeEach(async () => {
    await line.cut();
    await isNoticed(503);
  });

  it('/health is 503 and says what is missing and when to ask again', async () => {
    const response = await get('/health');
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.body).toEqual({
      status: 'error',
      version: expect.any(String),
      dependencies: { database: 'error' },
      timestamp: expect.stringMatching(TIME),
    });
  });

  it('/health/ready is 503', async () => {
    const response = await get('/health/ready');
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.body).toEqual({ status: 'unavailable' });
  });

  it('/health/live stays 200', async () => {
    const response = await get('/health/live');
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ status: 'ok' });
  });

  it.each<[string, () => PromiseLike<Response>]>([
    ['GET /applications', () => app.http.get('/applications').set(AS_ADMIN)],
    ['GET /applications/with-endpoints', () => app.http.get('/applications/with-endpoints').set(AS_ADMIN)],
    ['GET /endpoints', () => app.http.get('/endpoints').query({ app_key: orders.appKey })],
    ['GET /audit-logs', () => app.http.get('/audit-logs').set(AS_ADMIN)],
    ['POST /applications', () => app.http.post('/applications').set(AS_ADMIN).send({ name: 'Lost' })],
    [
      'PUT by the application',
      () => app.http.put(`/applications/${orders.appKey}`).set(orders.headers).send({ name: 'L' }),
    ],
    ['POST /register/endpoints', () => register(app, orders, [endpoint({ path: '/lost' })])],
    ['DELETE', () => app.http.delete(`/applications/${orders.appKey}`).set(AS_ADMIN)],
  ])('%s is 503 with Retry-After', async (_, request) => {
    const response = await request();
    expect({ status: response.status, body: response.body as unknown }).toEqual({
      status: 503,
      body: {
        type: 'urn:mcp-registry:problem:database-unavailable',
        title: 'Database unavailable',
        status: 503,
        detail: expect.any(String),
        instance: expect.stringMatching(/^\//),
        requestId: response.headers['x-request-id'],
      },
    });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
  });

  it('bad input is still 400 and wrong credentials 401: neither needs the database', async () => {
    expect((await app.http.post('/applications').set(AS_ADMIN).send({})).status).toBe(400);
    expect((await app.http.get('/applications')).status).toBe(401);
  });
});

describe('while the database is there but does not answer', () => {
  it('/health and /health/ready give up on it, and find it again', async () => {
    await isBack();
    await line.stall();
    await isNoticed(503);
    expect((await get('/health')).status).toBe(503);
    expect((await get('/health/live')).status).toBe(200);
    await line.mend();
    expect((await isBack()).status).toBe(200);
    expectHealthy(await get('/health'));
  });
});

describe('when the database comes back', () => {
  it('everything is back within five seconds, with what was acknowledged and nothing else', async () => {
    await isBack();
    const kept = await createApplication(app, { name: 'Kept' });
    await line.cut();
    const lost = await app.http
      .post('/applications')
      .set(AS_ADMIN)
      .send({ name: 'Never there', appKey: 'never' });
    expect(lost.status).toBe(503);
    await line.mend();

    expect((await isBack()).status).toBe(200);
    expectHealthy(await get('/health'));
    const read = await app.http.get(`/applications/${kept.appKey}`).set(AS_ADMIN);
    expect(read.status).toBe(200);
    expect(read.body).toEqual({ ...kept, formerAppKeys: [] });
    expect((await app.http.get('/applications/never').set(AS_ADMIN)).status).toBe(404);
    await createApplication(app, { name: 'Afterwards' });
  });

  it('a change whose connection broke in the middle is undone', async () => {
    await isBack();
    const { appKey, id } = await createApplication(app, { name: 'Held' });
    // The change takes long, so that its connection can break in the middle of it.
    await app.database.query(
      `CREATE FUNCTION slow_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$`,
    );
    await app.database.query(
      `CREATE TRIGGER "slow" AFTER UPDATE ON "Application" FOR EACH ROW
       WHEN (NEW."name" = 'Half done') EXECUTE FUNCTION slow_change()`,
    );
    const change = Promise.resolve(
      app.http.put(`/applications/${appKey}`).set(AS_ADMIN).send({ name: 'Half done' }),
    );
    const busy = (): Promise<object[]> =>
      app.database.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      );
    await eventually(busy, { fits: ({ length }) => length === 1 });

    await app.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    const response = await change;
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(await app.database.query(`SELECT "name" FROM "Application" WHERE "id" = $1`, [id])).toEqual([
      { name: 'Held' },
    ]);
    expect((await isBack()).status).toBe(200);
  });
});
