import {
  HealthCheckLogRepository,
  type HealthCheckRecord,
} from '#registry/monitoring/history/health-check-log.repository.js';
import { HistoryMaintenanceService } from '#registry/monitoring/history/history-maintenance.service.js';
import { type BuiltApplication, createApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { fetchPage, fetchPages } from '../support/pages.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { statementsOf } from '../support/statement-log.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What every probe below is older than. */
const NOW = Date.now();

interface LogItem {
  readonly id: string;
  readonly checkedAt: string;
}

let app: TestApp;
let orders: BuiltApplication;
let production: string;
let staging: string;

/** A probe that long ago. */
function probe(
  application: BuiltApplication,
  environmentId: string | null,
  ago: number,
  fields: Partial<HealthCheckRecord> = {},
): HealthCheckRecord {
  return {
    targetId: environmentId ?? application.id,
    applicationId: application.id,
    environmentId,
    checkedAt: new Date(NOW - ago),
    status: 'SUCCESS',
    statusCode: 200,
    responseTime: 0.1,
    message: null,
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
    ...fields,
  };
}

const FAILED = { status: 'FAILURE', statusCode: 503, responseTime: 0.5, message: 'answered 503' } as const;
const ERROR = {
  status: 'ERROR',
  statusCode: null,
  responseTime: null,
  message: 'forbidden address',
} as const;

const append = (...records: readonly HealthCheckRecord[]): Promise<void> =>
  app.nest.get(HealthCheckLogRepository).append(records);

const get = async (path: string): Promise<unknown> =>
  (await app.http.get(path).set(AS_ADMIN).expect(200)).body as unknown;

beforeAll(async () => {
  app = await startApp();
  orders = await createApplication(app, {
    name: 'Orders',
    appKey: 'orders',
    healthCheckUrl: 'https://orders.example.com/health',
    environments: [{ name: 'production', baseDomain: 'orders.example.com' }, { name: 'staging' }],
  });
  [production = '', staging = ''] = orders.environments.map(({ id }) => id);
  await append(
    // The application itself: half of two in the last day, and one of 40 days ago.
    probe(orders, null, 2 * HOUR, { responseTime: 0.2 }),
    probe(orders, null, 20 * HOUR, FAILED),
    probe(orders, null, 26 * HOUR),
    probe(orders, null, 40 * DAY),
    // Production: 3 of 4 within a week, then worse the longer ago.
    probe(orders, production, HOUR, { responseTime: 0.042 }),
    probe(orders, production, 3 * HOUR, ERROR),
    probe(orders, production, 25 * HOUR),
    probe(orders, production, 6 * DAY, {
      ...FAILED,
      statusCode: null,
      responseTime: null,
      message: 'timeout',
    }),
    probe(orders, production, 6 * DAY + 1, { responseTime: 0.3 }),
    probe(orders, production, 20 * DAY, FAILED),
    probe(orders, production, 80 * DAY, FAILED),
    probe(orders, production, 95 * DAY, FAILED),
  );
  await app.nest.get(HistoryMaintenanceService).maintain(new Date(NOW));
});
afterAll(() => app.close());

it('has partitions for today and the next two days when it starts', async () => {
  const days = [0, 1, 2].map((ahead) =>
    new Date(NOW + ahead * DAY).toISOString().slice(0, 10).replaceAll('-', ''),
  );
  expect(
    await app.database.query(
      `SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
       WHERE inhparent = '"HealthCheckLog"'::regclass AND relname = ANY($1) ORDER BY 1`,
      [days.map((day) => `HealthCheckLog_${day}`)],
    ),
  ).toEqual(days.map((day) => ({ name: `HealthCheckLog_${day}` })));
});

describe('GET /health-check/applications/{app_id}', () => {
  const NOTHING = { last24Hours: null, last7Days: null, last30Days: null, last90Days: null };

  it('shows status, uptime and response time of the application and its environments, by key or id', async () => {
    await app.database.query(
      `UPDATE "Application" SET "healthStatus" = 'ACTIVE', "lastHealthCheckAt" = $1, "consecutiveSuccesses" = 4`,
      [new Date('2026-01-02T00:00:00Z')],
    );
    await app.database.query(
      `UPDATE "Environment" SET "healthStatus" = 'INACTIVE', "healthStatusChangedAt" = $2, "lastHealthCheckAt" = $3 WHERE "id" = $1`,
      [production, new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')],
    );
    await app.database.query(`UPDATE "HealthTarget" SET "consecutiveFailures" = 7 WHERE "id" = $1`, [
      production,
    ]);
    const expected = {
      id: orders.id,
      name: 'Orders',
      appKey: 'orders',
      healthCheckUrl: 'https://orders.example.com/health',
      healthStatus: 'ACTIVE',
      lastHealthCheckAt: '2026-01-02T00:00:00.000Z',
      consecutiveFailures: 0,
      consecutiveSuccesses: 4,
      uptime: { last24Hours: 0.5, last7Days: 0.666667, last30Days: 0.666667, last90Days: 0.75 },
      responseTimeP95: 0.5,
      environments: [
        {
          id: production,
          name: 'production',
          baseDomain: 'orders.example.com',
          healthStatus: 'INACTIVE',
          healthStatusChangedAt: '2026-01-01T00:00:00.000Z',
          lastHealthCheckAt: '2026-01-02T00:00:00.000Z',
          consecutiveFailures: 7,
          consecutiveSuccesses: 0,
          uptime: { last24Hours: 1, last7Days: 0.75, last30Days: 0.6, last90Days: 0.5 },
          responseTimeP95: 0.042,
        },
        {
          id: staging,
          name: 'staging',
          baseDomain: null,
          healthStatus: 'UNKNOWN',
          healthStatusChangedAt: null,
          lastHealthCheckAt: null,
          consecutiveFailures: 0,
          consecutiveSuccesses: 0,
          uptime: NOTHING,
          responseTimeP95: null,
        },
      ],
    };
    expect(await get('/health-check/applications/orders')).toEqual(expected);
    expect(await get(`/health-check/applications/${orders.id}`)).toEqual(expected);
  });

  it('means the id where one application has the id of another as its key', async () => {
    await createApplication(app, { name: 'Impostor', appKey: orders.id });
    expect(await get(`/health-check/applications/${orders.id}`)).toMatchObject({ name: 'Orders' });
  });

  it('shows the worst of its environments for an application that has a path only', async () => {
    const shop = await createApplication(app, {
      name: 'Shop',
      healthCheckUrl: '/health',
      environments: ['a', 'b', 'c'].map((name) => ({ name, baseDomain: `${name}.example.com` })),
    });
    const [a = '', b = ''] = shop.environments.map(({ id }) => id);
    await append(
      probe(shop, a, HOUR, { responseTime: 2 }),
      probe(shop, a, 50 * HOUR, FAILED),
      probe(shop, b, HOUR, { ...FAILED, responseTime: 1 }),
      probe(shop, b, 2 * HOUR),
      probe(shop, b, 50 * HOUR),
      probe(shop, b, 51 * HOUR),
    );
    expect(await get(`/health-check/applications/${shop.appKey}`)).toMatchObject({
      uptime: { last24Hours: 0.5, last7Days: 0.5, last30Days: 0.5, last90Days: 0.5 },
      responseTimeP95: 2,
      environments: [
        { uptime: { last24Hours: 1, last7Days: 0.5 }, responseTimeP95: 2 },
        { uptime: { last24Hours: 0.5, last7Days: 0.75 }, responseTimeP95: 1 },
        { uptime: NOTHING, responseTimeP95: null },
      ],
    });
  });

  it('has nothing to say about an application that is not watched', async () => {
    const quiet = await createApplication(app, { name: 'Quiet' });
    expect(await get(`/health-check/applications/${quiet.id}`)).toMatchObject({
      healthStatus: 'UNKNOWN',
      uptime: NOTHING,
      responseTimeP95: null,
    });
  });

  it('asks the database as often for fifty environments as for one', async () => {
    const large = await createApplication(app, {
      name: 'Large',
      environments: Array.from({ length: 50 }, (_, n) => ({ name: `e${n}` })),
    });
    const statements = await statementsOf(app, () => get(`/health-check/applications/${large.id}`));
    expect(statements).toHaveLength(3);
  });
});

describe('GET /health-check/applications/{app_id}/logs', () => {
  const logs = (query = ''): Promise<readonly LogItem[]> =>
    get(`/health-check/applications/orders/logs${query}`) as Promise<LogItem[]>;

  /** How long ago the items were, in hours. */
  const hoursAgo = (items: readonly LogItem[]): number[] =>
    items.map(({ checkedAt }) => Math.round((NOW - Date.parse(checkedAt)) / HOUR));

  it('lists single health checks, newest first, from log and archive', async () => {
    const items = await logs();
    expect(items.slice(0, 3)).toEqual([
      {
        id: expect.any(String),
        applicationId: orders.id,
        environmentId: production,
        status: 'success',
        statusCode: 200,
        responseTime: 0.042,
        message: null,
        consecutiveFailures: 0,
        consecutiveSuccesses: 0,
        checkedAt: new Date(NOW - HOUR).toISOString(),
        createdAt: new Date(NOW - HOUR).toISOString(),
      },
      {
        id: expect.any(String),
        applicationId: orders.id,
        environmentId: null,
        status: 'success',
        statusCode: 200,
        responseTime: 0.2,
        message: null,
        consecutiveFailures: 0,
        consecutiveSuccesses: 0,
        checkedAt: new Date(NOW - 2 * HOUR).toISOString(),
        createdAt: new Date(NOW - 2 * HOUR).toISOString(),
      },
      {
        id: expect.any(String),
        applicationId: orders.id,
        environmentId: production,
        status: 'error',
        statusCode: null,
        responseTime: null,
        message: 'forbidden address',
        consecutiveFailures: 0,
        consecutiveSuccesses: 0,
        checkedAt: new Date(NOW - 3 * HOUR).toISOString(),
        createdAt: new Date(NOW - 3 * HOUR).toISOString(),
      },
    ]);
    // What is older than the retention is gone.
    expect(hoursAgo(items)).toEqual([1, 2, 3, 20, 25, 26, 6 * 24, 6 * 24, 20 * 24]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  it('comes in pages, with a Link to the next', async () => {
    const pages = await fetchPages<LogItem>(app, '/health-check/applications/orders/logs?limit=2');
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
    expect(pages.flat()).toEqual(await logs());
  });

  it('gives twenty when no limit is given', async () => {
    const busy = await createApplication(app, { name: 'Busy' });
    await append(...Array.from({ length: 30 }, (_, n) => probe(busy, null, HOUR + n * 1000)));
    const { items, next } = await fetchPage(app, '/health-check/applications/busy/logs');
    expect(items).toHaveLength(20);
    expect((await fetchPage(app, next ?? '')).items).toHaveLength(10);
  });

  it.each([
    ['status=failure', [20, 6 * 24, 20 * 24]],
    ['status=ERROR', [3]],
    ['status=SUCCESS&limit=2', [1, 2]],
  ])('filters by %s', async (query, expected) => {
    expect(hoursAgo(await logs(`?${query}`))).toEqual(expected);
  });

  it('filters by environment', async () => {
    expect(hoursAgo(await logs(`?environment_id=${production}`))).toEqual([1, 3, 25, 144, 144, 480]);
    expect(await logs(`?environment_id=${staging}`)).toEqual([]);
    const pages = await fetchPages<LogItem>(
      app,
      `/health-check/applications/orders/logs?environment_id=${production}&status=success&limit=1`,
    );
    expect(hoursAgo(pages.flat())).toEqual([1, 25, 144]);
  });

  it.each([
    ['limit=0', '#/limit'],
    ['limit=501', '#/limit'],
    ['status=BROKEN', '#/status'],
    ['status=', '#/status'],
    ['cursor=x', '#/cursor'],
    ['environment_id=', '#/environment_id'],
  ])('refuses %s', async (query, pointer) => {
    expectInvalid(
      await app.http.get(`/health-check/applications/orders/logs?${query}`).set(AS_ADMIN),
      pointer,
    );
  });
});

describe('GET /health-check/applications/{app_id}/history', () => {
  const history = (query = ''): Promise<unknown> => get(`/health-check/applications/orders/history${query}`);
  const startOf = (ago: number, length: number): string =>
    new Date(Math.floor((NOW - ago) / length) * length).toISOString();
  const point = (environmentId: string | null, start: string, fields: object = {}): object => ({
    environmentId,
    start,
    probes: 1,
    failures: 0,
    errors: 0,
    uptime: 1,
    responseTimeP50: 0.1,
    responseTimeP95: 0.1,
    responseTimeMax: 0.1,
    ...fields,
  });
  const times = (seconds: number | null): object => ({
    responseTimeP50: seconds,
    responseTimeP95: seconds,
    responseTimeMax: seconds,
  });

  it('gives the hours of the last 24', async () => {
    expect(await history()).toEqual([
      point(null, startOf(20 * HOUR, HOUR), { failures: 1, uptime: 0, ...times(0.5) }),
      point(production, startOf(3 * HOUR, HOUR), { probes: 0, errors: 1, uptime: null, ...times(null) }),
      point(null, startOf(2 * HOUR, HOUR), times(0.2)),
      point(production, startOf(HOUR, HOUR), times(0.042)),
    ]);
  });

  it('gives days of an environment, also those whose single health checks are gone', async () => {
    const from = new Date(NOW - 90 * DAY).toISOString();
    const to = new Date(NOW - 4 * DAY).toISOString();
    const days = (await history(
      `?resolution=day&environment_id=${production}&from=${from}&to=${to}`,
    )) as readonly object[];
    const failed = { failures: 1, uptime: 0, ...times(0.5) };
    expect(days.slice(0, 2)).toEqual([
      point(production, startOf(80 * DAY, DAY), failed),
      point(production, startOf(20 * DAY, DAY), failed),
    ]);
    // The two of six days ago lie a millisecond apart.
    expect(days.slice(2)).toEqual([
      point(production, startOf(6 * DAY, DAY), { probes: 2, failures: 1, uptime: 0.5, ...times(0.3) }),
    ]);
  });

  it('gives 30 days by default', async () => {
    const starts = ((await history('?resolution=day')) as { start: string }[]).map(({ start }) => start);
    expect(starts).toContain(startOf(20 * DAY, DAY));
    expect(starts).not.toContain(startOf(40 * DAY, DAY));
  });

  it('begins with the point its time lies in and ends before the other', async () => {
    const from = new Date(NOW - 2 * HOUR + 1).toISOString();
    const hours = (await history(`?from=${from}&to=${startOf(HOUR, HOUR)}`)) as readonly object[];
    expect(hours).toEqual(
      startOf(2 * HOUR - 1, HOUR) === startOf(2 * HOUR, HOUR)
        ? [point(null, startOf(2 * HOUR, HOUR), times(0.2))]
        : [],
    );
    expect(await history('?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).toEqual([]);
  });

  it.each([
    ['from=2025-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', '#/from'],
    ['from=2025-01-01T00:00:00Z&to=2026-02-01T00:00:00Z', '#/from'],
    ['from=yesterday', '#/from'],
    ['to=2026-01-01', '#/to'],
    ['resolution=minute', '#/resolution'],
  ])('refuses %s', async (query, pointer) => {
    const response = await app.http.get(`/health-check/applications/orders/history?${query}`).set(AS_ADMIN);
    expectInvalid(response, pointer);
  });

  it('says how many points would be too many', async () => {
    const response = await app.http
      .get('/health-check/applications/orders/history?from=2025-01-01T00:00:00Z&to=2026-02-01T00:00:00Z')
      .set(AS_ADMIN);
    expect(response.body).toMatchObject({
      detail: expect.stringContaining('28512 points, and 10000 are the most'),
    });
  });

  it.each([
    'from=0000-01-01T00:00:00Z&to=0000-02-01T00:00:00Z',
    'from=9999-12-30T00:00:00Z&to=9999-12-31T23:59:59.999Z',
    'to=0000-01-01T00:00:00Z',
    'resolution=day&to=9999-12-31T23:59:59.999Z',
  ])('has nothing for %s', async (query) => {
    expect(await history(`?${query}`)).toEqual([]);
  });
});

describe.each(['', '/logs', '/history'])('GET /health-check/applications/{app_id}%s', (route) => {
  it('is for the operator', async () => {
    const response = await app.http.get(`/health-check/applications/orders${route}`);
    expectProblem(response, 401, 'credentials-refused');
  });

  it('knows no other application', async () => {
    const response = await app.http.get(`/health-check/applications/absent${route}`).set(AS_ADMIN);
    expectProblem(response, 404, 'application-not-found');
  });

  it('knows no environment of another application', async () => {
    if (route === '') return;
    const other = await createApplication(app, { name: 'Other' });
    const response = await app.http
      .get(`/health-check/applications/orders${route}?environment_id=${other.environments[0]?.id ?? ''}`)
      .set(AS_ADMIN);
    expectProblem(response, 404, 'environment-not-found');
  });
});
