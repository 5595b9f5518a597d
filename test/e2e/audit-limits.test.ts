import { createHash } from 'node:crypto';
import { AuditPruningService } from '#registry/audit/audit-pruning.service.js';
import { countEntries } from '../support/audit-trail.js';
import { endpoint } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPage, fetchPages } from '../support/pages.js';
import { expectProblem } from '../support/problems.js';
import { createRegistrant, discover, register, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

interface Entry {
  readonly id: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/** A batch whose JSON schemas have so many bytes in all. */
const batch = (count: number, bytes: number, mark: string): ReturnType<typeof endpoint>[] =>
  Array.from({ length: count }, (_, number) =>
    endpoint({
      path: `/orders/${String(number).padStart(4, '0')}`,
      requestBody: { mark, description: 'x'.repeat(Math.floor(bytes / count)) },
    }),
  );

async function newest(app: TestApp, { appKey }: Registrant): Promise<Entry> {
  const { items } = await fetchPage<Entry>(app, `/audit-logs?app_key=${appKey}&limit=1`);
  if (items[0] === undefined) throw new Error('There is no entry');
  return items[0];
}

describe('the values of an audit entry', () => {
  let app: TestApp;
  let orders: Registrant;

  beforeAll(async () => {
    app = await startApp();
    orders = await createRegistrant(app);
  });
  afterAll(() => app.close());

  it('are whole up to 64 KiB together, and digests with counts and operations beyond', async () => {
    const small = [endpoint({ path: '/kept' })];
    await register(app, orders, [...batch(20, 50 * KIBIBYTE, 'a'), ...small]);
    const changed = batch(20, 50 * KIBIBYTE, 'b');
    expect((await register(app, orders, changed)).status).toBe(200);
    const operations = changed.map(({ path }) => `GET ${String(path)}`);
    const entry = await newest(app, orders);
    expect(entry.before).toEqual({
      truncated: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: expect.any(Number),
      counts: { updated: 20, deleted: 1 },
      names: { updated: operations, deleted: ['GET /kept'] },
    });
    const whole = {
      added: [],
      updated: Object.fromEntries(
        changed.map(({ path, requestBody }) => [`GET ${String(path)}`, { requestBody }]),
      ),
    };
    expect(entry.after).toEqual({
      truncated: true,
      sha256: createHash('sha256').update(JSON.stringify(whole)).digest('hex'),
      bytes: JSON.stringify(whole).length,
      counts: { added: 0, updated: 20 },
      names: { added: [], updated: operations },
    });

    await register(app, orders, batch(20, 25 * KIBIBYTE, 'a'));
    await register(app, orders, batch(20, 25 * KIBIBYTE, 'b'));
    const { before, after } = await newest(app, orders);
    expect(JSON.stringify([before, after]).length).toBeGreaterThan(50 * KIBIBYTE);
    expect(before).toEqual({ updated: expect.any(Object), deleted: {} });
    expect(after).toEqual({ added: [], updated: expect.any(Object) });
  });

  it('are bounded for a batch as large as one may be', async () => {
    const large = batch(4900, 7 * MEBIBYTE, 'large');
    expect((await register(app, orders, large)).status).toBe(200);
    expect((await register(app, orders, batch(1, 100, 'small'))).status).toBe(200);
    const [row] = await app.database.query<{ bytes: number; deleted: number; names: number }>(
      `SELECT octet_length("before"::text) + octet_length("after"::text) AS "bytes",
              ("before"->'counts'->>'deleted')::integer AS "deleted",
              json_array_length("before"->'names'->'deleted') AS "names"
       FROM "AuditLog" WHERE "appKey" = $1 ORDER BY "createdAt" DESC, "id" DESC LIMIT 1`,
      [orders.appKey],
    );
    expect(row?.bytes).toBeLessThanOrEqual(64 * KIBIBYTE);
    expect(row?.deleted).toBe(4899);
    expect(row?.names).toBeGreaterThan(500);
  });
});

describe('GET /audit-logs with entries of earlier versions', () => {
  it('answers 18 MB values as digests, and ends pages before 4 MiB', async () => {
    const app = await startApp();
    try {
      await app.database.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "appKey", "resourceType", "before")
         SELECT 'entry-' || n, '2026-01-01Z'::timestamptz + n * interval '1 second', 'endpoints.registered',
                'application', 'orders', 'endpoints',
                json_build_object('deleted', json_build_object('GET /a', repeat('x', CASE WHEN n < 3 THEN 18000000 ELSE 900000 END)))
         FROM generate_series(0, 11) n`,
      );
      const digest = { truncated: true, sha256: expect.any(String), bytes: expect.any(Number) };
      const pages = await fetchPages<Entry>(app, '/audit-logs?app_key=orders');
      expect(pages.map(({ length }) => length)).toEqual([4, 4, 4]);
      expect(pages.flat().map(({ id }) => id)).toEqual(
        Array.from({ length: 12 }, (_, number) => `entry-${11 - number}`),
      );
      for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(4 * MEBIBYTE);
      expect(pages[2]?.slice(1).map(({ before }) => before)).toEqual([digest, digest, digest]);
    } finally {
      await app.close();
    }
  });
});

describe('the quota of an application', () => {
  const LIMITED = { AUDIT_MAX_BYTES_PER_HOUR: String(MEBIBYTE) };
  let app: TestApp;
  let orders: Registrant;
  const others: TestApp[] = [];

  beforeAll(async () => {
    app = await startApp(LIMITED);
    orders = await createRegistrant(app);
  });
  afterAll(async () => {
    await Promise.all(others.map(({ nest }) => nest.close()));
    await app.close();
  });

  /** Another process on the same database. */
  async function startAnother(): Promise<TestApp> {
    const other = await startApp(LIMITED, app.database);
    others.push(other);
    return other;
  }

  /** Registers one batch and another one in turn until a registration is refused. */
  async function fillTrail(): Promise<Awaited<ReturnType<typeof register>>> {
    for (let round = 0; round < 60; round += 1) {
      const response = await register(app, orders, batch(40, 25 * KIBIBYTE, String(round % 2)));
      if (response.status !== 200) return response;
    }
    throw new Error('60 registrations were not refused');
  }

  it('is refused with 429 beyond, in every process, until the hour is over; others go on', async () => {
    const refused = await fillTrail();
    expectProblem(refused, 429, 'audit-quota-exceeded');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(3600);
    const [usage] = await app.database.query<{ bytes: string }>(`SELECT "bytes" FROM "AuditUsage"`);
    expect(Number(usage?.bytes)).toBeGreaterThanOrEqual(MEBIBYTE);
    expect(Number(usage?.bytes)).toBeLessThan(MEBIBYTE + 66 * KIBIBYTE);

    const registered = await discover(app, orders);
    const entries = await countEntries(app);
    const one = [endpoint({ path: '/one' })];
    expectProblem(await register(app, orders, one), 429, 'audit-quota-exceeded');
    expect(await discover(app, orders)).toEqual(registered);
    expect(await countEntries(app)).toBe(entries);

    // What changes nothing costs nothing.
    const same = registered.map(({ method, path, name, requestBody }) =>
      endpoint({ method, path, name: String(name), requestBody }),
    );
    expect((await register(app, orders, same)).body).toMatchObject({ unchanged: 40, updated: 0 });
    await app.http.put(`/applications/${orders.appKey}`).set(AS_ADMIN).send({ name: 'By hand' }).expect(200);
    const shipping = await createRegistrant(app);
    expect((await register(app, shipping, one)).status).toBe(200);

    expectProblem(await register(await startAnother(), orders, one), 429, 'audit-quota-exceeded');

    await app.database.query(`UPDATE "AuditUsage" SET "hour" = "hour" - 1`);
    expect((await register(await startAnother(), orders, one)).status).toBe(200);
    const counted = await app.database.query<{ isLess: boolean }>(
      `SELECT "bytes" < $1 AS "isLess" FROM "AuditUsage"
       WHERE "applicationId" = (SELECT "id" FROM "Application" WHERE "appKey" = $2)`,
      [MEBIBYTE / 2, orders.appKey],
    );
    expect(counted).toEqual([{ isLess: true }]);
  });

  it('leaves no row of a past hour', async () => {
    await app.database.query(`UPDATE "AuditUsage" SET "hour" = "hour" - 1`);
    await app.nest.get(AuditPruningService).prune();
    expect(await app.database.query(`SELECT 1 FROM "AuditUsage"`)).toEqual([]);
  });
});
