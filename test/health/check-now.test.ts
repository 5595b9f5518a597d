import { entriesOf } from '../support/audit-trail.js';
import { createApplication } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
let up: LoopbackOrigin;
let down: LoopbackOrigin;
let hanging: LoopbackOrigin;

beforeAll(async () => {
  app = await startApp({ HEALTH_CHECK_TIMEOUT: '1', MAX_CONNECTIONS: '2' });
  up = await startOrigin(status(200));
  down = await startOrigin(status(503));
  hanging = await startOrigin(() => undefined);
});
afterAll(async () => {
  await app.close();
  for (const origin of [up, down, hanging]) await origin.close();
});

const check = (idOrKey: string, requestId = 'check') =>
  app.http
    .post(`/health-check/applications/${idOrKey}/check`)
    .set({ ...AS_ADMIN, 'X-Request-Id': requestId });

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /health-check/applications/{app_id}/check', () => {
  it('probes every target now, and counts as the schedule does', async () => {
    const { id, environments } = await createApplication(app, {
      appKey: 'orders',
      healthCheckUrl: `${up.url}/health?deep=1`,
      environments: [
        { name: 'staging', baseDomain: `${down.url}/base/` },
        { name: 'production', baseDomain: hanging.url },
        { name: 'unprobed' },
      ],
    });
    const first = await check('orders', 'first-check');
    expect(first.status).toBe(200);
    const common = { checkedAt: TIME, healthStatus: 'UNKNOWN' };
    const failed = { ...common, status: 'failure', consecutiveFailures: 1, consecutiveSuccesses: 0 };
    expect(first.body).toEqual({
      id,
      appKey: 'orders',
      healthStatus: 'UNKNOWN',
      checks: [
        {
          ...common,
          environmentId: null,
          environment: null,
          url: `${up.url}/health?deep=1`,
          status: 'success',
          statusCode: 200,
          responseTime: expect.any(Number),
          message: null,
          consecutiveFailures: 0,
          consecutiveSuccesses: 1,
        },
        {
          ...failed,
          environmentId: environments[0]?.id,
          environment: 'staging',
          url: `${down.url}/base/health?deep=1`,
          statusCode: 503,
          responseTime: expect.any(Number),
          message: 'HTTP 503',
        },
        {
          ...failed,
          environmentId: environments[1]?.id,
          environment: 'production',
          url: `${hanging.url}/health?deep=1`,
          statusCode: null,
          responseTime: expect.any(Number),
          message: 'timeout after 1 s',
        },
      ],
    });
    await check(id, 'second-check').expect(200);
    const third = (await check('orders', 'third-check').expect(200)).body as {
      healthStatus: string;
      checks: { healthStatus: string }[];
    };
    expect(third.healthStatus).toBe('ACTIVE');
    expect(third.checks.map(({ healthStatus }) => healthStatus)).toEqual(['ACTIVE', 'INACTIVE', 'INACTIVE']);
    const logs = await app.http.get(`/health-check/applications/orders/logs`).set(AS_ADMIN).expect(200);
    const countersOf = (target: string | null): unknown[] =>
      (logs.body as Record<string, unknown>[])
        .filter(({ environmentId }) => environmentId === target)
        .map(({ status, consecutiveFailures, consecutiveSuccesses }) => [
          status,
          consecutiveFailures,
          consecutiveSuccesses,
        ]);
    expect(countersOf(null)).toEqual([3, 2, 1].map((successes) => ['success', 0, successes]));
    expect(countersOf(environments[0]?.id ?? '')).toEqual(
      [3, 2, 1].map((failures) => ['failure', failures, 0]),
    );
    const shown = await app.http.get('/applications/orders').set(AS_ADMIN).expect(200);
    expect(shown.body).toMatchObject({
      healthStatus: 'ACTIVE',
      consecutiveSuccesses: 3,
      environments: [{ healthStatus: 'INACTIVE' }, { healthStatus: 'INACTIVE' }, { healthStatus: 'UNKNOWN' }],
    });
  });

  it('leaves an entry of the check and one of every status it changed, by the operator', async () => {
    const told = async (requestId: string): Promise<unknown[]> =>
      (await entriesOf(app, requestId)).map(({ action, actor, environment, before, after }) => ({
        action,
        actor,
        environment,
        before,
        after,
      }));
    expect(await told('first-check')).toEqual([
      {
        action: 'health.checked',
        actor: 'admin',
        environment: null,
        before: null,
        after: {
          checks: [
            { environment: null, status: 'success', statusCode: 200, message: null },
            { environment: 'staging', status: 'failure', statusCode: 503, message: 'HTTP 503' },
            { environment: 'production', status: 'failure', statusCode: null, message: 'timeout after 1 s' },
          ],
        },
      },
    ]);
    expect((await told('third-check')).slice(0, 2)).toEqual(
      [
        ['staging', 'HTTP 503'],
        ['production', 'timeout after 1 s'],
      ].map(([environment, message]) => ({
        action: 'health.status-changed',
        actor: 'admin',
        environment,
        before: { healthStatus: 'UNKNOWN' },
        after: { healthStatus: 'INACTIVE', message },
      })),
    );
    expect(await told('second-check')).toContainEqual({
      action: 'health.status-changed',
      actor: 'admin',
      environment: null,
      before: { healthStatus: 'UNKNOWN' },
      after: { healthStatus: 'ACTIVE' },
    });
  });

  it('answers an application with nothing to probe', async () => {
    const { id } = await createApplication(app, { appKey: 'silent' });
    expect((await check('silent').expect(200)).body).toEqual({
      id,
      appKey: 'silent',
      healthStatus: 'UNKNOWN',
      checks: [],
    });
  });

  it('holds no database connection while it waits', async () => {
    await createApplication(app, { appKey: 'slow', healthCheckUrl: `${hanging.url}/slow` });
    const before = hanging.hosts.length;
    const checks = Array.from({ length: 4 }, () => check('slow').then((response) => response.status));
    await eventually(() => hanging.hosts.length === before + 4);
    const [busy] = await app.database.query(
      `SELECT count(*)::integer AS "count" FROM pg_stat_activity
       WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(busy).toEqual({ count: 0 });
    expect(await Promise.all(checks)).toEqual([200, 200, 200, 200]);
    const rows = await app.database.query(
      `SELECT 1 FROM "HealthCheckLog" l JOIN "Application" a ON a."id" = l."targetId" WHERE a."appKey" = 'slow'`,
    );
    expect(rows).toHaveLength(4);
  });

  it('says 404 of an application that is not there, or no longer when the answer comes', async () => {
    expectProblem(await check('absent'), 404, 'application-not-found');
    await createApplication(app, { appKey: 'brief', healthCheckUrl: `${hanging.url}/brief` });
    const before = hanging.hosts.length;
    const checking = check('brief').then((response) => response);
    await eventually(() => hanging.hosts.length > before);
    await app.http.delete('/applications/brief').set(AS_ADMIN).expect(204);
    expectProblem(await checking, 404, 'application-not-found');
  });
});
