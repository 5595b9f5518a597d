import type { Response } from 'supertest';
import { createApplication, createOperator, endpoint, issueKey } from '../support/builders.js';
import { insertApplications, insertEnvironments } from '../support/bulk-rows.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;

interface Environment {
  readonly name: string;
  readonly hours: string | null;
  readonly [property: string]: unknown;
}

interface Overview {
  readonly hour: string;
  readonly hasFigures: boolean;
  readonly applications: readonly {
    readonly appKey: string;
    readonly environments: readonly Environment[];
  }[];
}

/** With a row for each environment, below its application. */
function inRows(body: unknown): Overview {
  const { applications, environments, ...rest } = body as {
    applications: { appKey: string }[];
    environments: Record<string, unknown[]>;
  };
  const { application: indexes = [], ...columns } = environments;
  const rows = indexes.map((_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])),
  );
  return {
    ...rest,
    applications: applications.map((each, index) => ({
      ...each,
      environments: rows.filter((_, row) => indexes[row] === index),
    })),
  } as unknown as Overview;
}

const HOUR_MS = 3_600_000;

describe('GET /overview', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    stopIntervals(app);
    await createApplication(app, {
      appKey: 'orders',
      name: 'Order Service',
      environments: [{ name: 'production', baseDomain: 'orders.example.com' }, { name: 'staging' }],
    });
    await createApplication(app, { appKey: 'payments', environments: [{ name: 'staging' }] });
    await createApplication(app, { appKey: 'bare', environments: [{ name: 'gone' }] });
    await app.http.delete('/applications/bare/environments/gone').set(AS_ADMIN).expect(204);
  });
  afterAll(() => app.close());

  const get = (as: Headers = AS_ADMIN): Promise<Response> =>
    Promise.resolve(app.http.get('/overview').set(as));
  const overview = async (as?: Headers): Promise<Overview> => inRows((await get(as)).body);
  const environment = async (appKey: string, name: string): Promise<Environment | undefined> =>
    (await overview()).applications
      .find((application) => application.appKey === appKey)
      ?.environments.find((each) => each.name === name);
  const names = ({ applications }: Overview): string[] =>
    applications.flatMap(({ appKey, environments }) => [
      appKey,
      ...environments.map(({ name }) => `- ${name}`),
    ]);

  const operator = async (role: string, bindings: object = {}): Promise<Headers> =>
    (await createOperator(app, role, bindings)).as;

  const idOf = async (appKey: string, name: string): Promise<string> => {
    const [row] = await app.database.query<{ id: string }>(
      `SELECT e."id" FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId"
       WHERE a."appKey" = $1 AND e."name" = $2`,
      [appKey, name],
    );
    return row?.id ?? '';
  };

  it('names every environment below its application, the oldest first, without ids', async () => {
    const found = await overview();
    expect(names(found)).toEqual(['orders', '- production', '- staging', 'payments', '- staging', 'bare']);
    expect(found.applications[0]).toEqual({
      appKey: 'orders',
      name: 'Order Service',
      status: 'ACTIVE',
      health: 'UNKNOWN',
      environments: [
        {
          name: 'production',
          status: 'ACTIVE',
          health: 'UNKNOWN',
          changedAt: null,
          checkedAt: null,
          uptime24h: null,
          p95: null,
          hours: '-'.repeat(24),
          endpoints: 0,
          keys: 0,
          soonestKeyExpiry: null,
        },
        expect.objectContaining({ name: 'staging' }),
      ],
    });
    expect(found.hasFigures).toBe(true);
    expect(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - Date.parse(found.hour)).toBeLessThanOrEqual(HOUR_MS);
  });

  it('counts endpoints and accepted keys with every change of any process', async () => {
    const { apiKey } = await issueKey(app, 'orders', 'production', { expiresInDays: 30 });
    const { id } = await issueKey(app, 'orders', 'production', { expiresInDays: 3 });
    await app.http
      .post('/register/endpoints')
      .set({ 'X-App-Key': 'orders', 'X-API-Key': apiKey })
      .send({ app_key: 'orders', endpoints: [endpoint({ path: '/a' }), endpoint({ path: '/b' })] })
      .expect(200);
    expect(await environment('orders', 'production')).toMatchObject({ endpoints: 2, keys: 2 });
    await app.http
      .delete(`/applications/orders/environments/production/api-keys/${id}`)
      .set(AS_ADMIN)
      .expect(204);
    const left = await environment('orders', 'production');
    expect(left).toMatchObject({ keys: 1 });
    const days = (Date.parse(String(left?.soonestKeyExpiry)) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await app.database.query(`UPDATE "Environment" SET "healthStatus" = 'INACTIVE' WHERE "id" = $1`, [
      await idOf('payments', 'staging'),
    ]);
    await eventually(async () => (await environment('payments', 'staging'))?.health === 'INACTIVE', {
      within: 1000,
    });
    await app.http.post('/applications/bare/environments').set(AS_ADMIN).send({ name: 'new' }).expect(201);
    await app.http.delete('/applications/payments').set(AS_ADMIN).expect(204);
    expect(names(await overview())).toEqual(['orders', '- production', '- staging', 'bare', '- new']);
  });

  it('tells the last 24 hours by the hour', async () => {
    await createApplication(app, { appKey: 'probed', environments: [{ name: 'production' }] });
    const id = await idOf('probed', 'production');
    const [row] = await app.database.query<{ applicationId: string }>(
      `SELECT "applicationId" FROM "Environment" WHERE "id" = $1`,
      [id],
    );
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    const checks: [hoursAgo: number, status: string, seconds: number | null][] = [
      [30, 'FAILURE', null],
      [3, 'SUCCESS', 0.1],
      [3, 'FAILURE', 0.5],
      [2, 'ERROR', null],
      [1, 'SUCCESS', 0.2],
      [1, 'SUCCESS', 0.2],
    ];
    for (const [index, [hoursAgo, status, seconds]] of checks.entries()) {
      await app.database.query(
        `INSERT INTO "HealthCheckLog" ("targetId", "checkedAt", "responseTime", "statusCode", "status", "applicationId", "environmentId")
         VALUES ($1, $2, $3, $4, $5, $6, $1)`,
        [
          id,
          new Date(hour - hoursAgo * HOUR_MS + 1000 * index),
          seconds,
          seconds === null ? null : 200,
          status,
          row?.applicationId,
        ],
      );
    }
    await app.database.query(
      `UPDATE "HealthTarget" SET "checkedAt" = $2, "consecutiveFailures" = 1 WHERE "id" = $1`,
      [id, new Date(hour)],
    );
    const probed = await environment('probed', 'production');
    expect(probed).toMatchObject({ uptime24h: 0.75, p95: expect.closeTo(0.5, 5) });
    // The last check is there before its hour is counted.
    expect(probed?.hours).toBe(`${'-'.repeat(20)}feuf`);
  });

  it('answers 304 and in an encoding, to its reader alone', async () => {
    await insertApplications(app.database, 30);
    await insertEnvironments(app.database, { name: 'bulk' });
    await eventually(async () => names(await overview()).includes('bulk-30'));
    const first = await get({ ...AS_ADMIN, 'Accept-Encoding': 'br' });
    expect([first.status, first.headers['content-encoding']]).toEqual([200, 'br']);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const again = await get({ ...AS_ADMIN, 'If-None-Match': String(first.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    await app.http.put('/applications/orders').set(AS_ADMIN).send({ name: 'Orders' }).expect(200);
    expect((await get({ ...AS_ADMIN, 'If-None-Match': String(first.headers.etag) })).status).toBe(200);
  });

  it('shows operators what they are bound to', async () => {
    expect(names(await overview(await operator('viewer', { applications: ['bare'] })))).toEqual([
      'bare',
      '- new',
    ]);
    expect(names(await overview(await operator('viewer', { environments: ['staging'] })))).toEqual([
      'orders',
      '- staging',
    ]);
    expect(
      names(await overview(await operator('viewer', { applications: ['orders'], environments: ['new'] }))),
    ).toEqual(['orders']);
    expectProblem(await get(await operator('agent')), 403, 'role-required');
    expectProblem(await get({}), 401, 'credentials-refused');
  });
});
