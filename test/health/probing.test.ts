import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type BuiltApplication, createApplication } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, redirect, startOrigin, status } from '../support/loopback-origin.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const SECONDS = { HEALTH_CHECK_INTERVAL: '1', HEALTH_CHECK_TIMEOUT: '1' };

interface Logged {
  readonly status: string;
  readonly statusCode: number | null;
  readonly message: string | null;
}

interface Target {
  readonly healthStatus: string;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

let app: TestApp;
/** Takes its rounds while the other tests take theirs. */
let scripted: BuiltApplication;
const origins: LoopbackOrigin[] = [];

beforeAll(async () => {
  app = await startApp(SECONDS, undefined, { probing: true });
  const { url } = await origin(script(200, 204, 503, 404, 500, 200, 503, 200, 200));
  scripted = await createApplication(app, { appKey: 'scripted', healthCheckUrl: `${url}/health` });
});
afterAll(async () => {
  await app.close();
  for (const origin of origins) await origin.close();
});

async function origin(answer: Parameters<typeof startOrigin>[0]): Promise<LoopbackOrigin> {
  const started = await startOrigin(answer);
  origins.push(started);
  return started;
}

/** Answers with these statuses, one after the other; the last one stays. */
function script(...codes: readonly number[]): RequestListener {
  let next = 0;
  return (_request, response) => {
    response.writeHead(codes[Math.min(next++, codes.length - 1)] ?? 500).end();
  };
}

/** The checks of a target so far, oldest first. */
const logOf = (targetId: string): Promise<Logged[]> =>
  app.database.query<Logged & Record<string, unknown>>(
    `SELECT "status", "statusCode", "message" FROM "HealthCheckLog" WHERE "targetId" = $1 ORDER BY "checkedAt"`,
    [targetId],
  );

const checksOf = (targetId: string, count: number): Promise<Logged[]> =>
  eventually(() => logOf(targetId), { fits: (log) => log.length >= count });

/** The changes of status in the trail, oldest first. */
async function statusChangesOf(resourceId: string): Promise<string[]> {
  const rows = await app.database.query<{ before: Target; after: Target }>(
    `SELECT "before", "after" FROM "AuditLog"
     WHERE "action" = 'health.status-changed' AND "resourceId" = $1 ORDER BY "createdAt", "id"`,
    [resourceId],
  );
  return rows.map(({ before, after }) => `${before.healthStatus} -> ${after.healthStatus}`);
}

describe('the schedule', () => {
  it('judges every kind of answer, and every environment by itself', async () => {
    const slow: RequestListener = (_request, response) => setTimeout(() => response.end('late'), 300);
    const servers = {
      up: await origin({ '/health?deep=1': status(200) }),
      slow: await origin(slow),
      html: await origin((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in');
      }),
      endless: await origin((_request, response) => {
        response.writeHead(200);
        const more = (): boolean => response.write('x'.repeat(16_384), () => response.destroyed || more());
        more();
      }),
      moved: await origin({ '/health?deep=1': redirect('/elsewhere'), '/elsewhere': status(200) }),
      empty: await origin(({ socket }) => socket.end('HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n')),
      interim: await origin(({ socket }) =>
        socket.end(
          `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
        ),
      ),
      hanging: await origin(() => undefined),
      reset: await origin((request) => request.socket.resetAndDestroy()),
      circling: await origin(redirect('/health?deep=1')),
    };
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const { environments } = await createApplication(app, {
      appKey: 'kinds',
      healthCheckUrl: '/health?deep=1',
      environments: [
        ...Object.entries(servers).map(([name, { url }]) => ({ name, baseDomain: url })),
        { name: 'down', baseDomain: `http://127.0.0.1:${port}/` },
        { name: 'forbidden', baseDomain: 'http://127.0.0.1' },
        { name: 'nowhere' },
      ],
    });
    const idOf = (name: string): string => environments.find((each) => each.name === name)?.id ?? '';
    // As an operator with psql can: the API would not take it.
    await app.database.query(`UPDATE "Environment" SET "baseDomain" = $2 WHERE "id" = $1`, [
      idOf('forbidden'),
      'http://169.254.169.254',
    ]);

    const settled = async (name: string, count: number): Promise<unknown> => {
      const log = await checksOf(idOf(name), count);
      const [row] = await app.database.query<Target & Record<string, unknown>>(
        `SELECT t."healthStatus", e."healthStatus" = t."healthStatus" AS "shown" FROM "HealthTarget" t
         JOIN "Environment" e ON e."id" = t."id" WHERE t."id" = $1`,
        [idOf(name)],
      );
      return { ...log.at(-1), ...row, changes: await statusChangesOf(idOf(name)) };
    };
    const healthy = {
      status: 'SUCCESS',
      statusCode: 200,
      message: null,
      healthStatus: 'ACTIVE',
      shown: true,
      changes: ['UNKNOWN -> ACTIVE'],
    };
    const ill = (message: string): unknown => ({
      status: 'FAILURE',
      statusCode: null,
      message,
      healthStatus: 'INACTIVE',
      shown: true,
      changes: ['UNKNOWN -> INACTIVE'],
    });
    for (const name of ['up', 'slow', 'html', 'endless', 'moved', 'interim'])
      expect([name, await settled(name, 2)]).toEqual([name, healthy]);
    expect(await settled('empty', 2)).toEqual({ ...(healthy as object), statusCode: 204 });
    expect(await settled('hanging', 3)).toEqual(ill('timeout after 1 s'));
    expect(await settled('reset', 3)).toEqual(ill('connection reset'));
    expect(await settled('down', 3)).toEqual(ill('connection refused'));
    expect(await settled('circling', 3)).toEqual(
      ill(`redirect loop at ${servers.circling.url}/health?deep=1`),
    );
    expect(await settled('forbidden', 3)).toEqual({
      status: 'ERROR',
      statusCode: null,
      message: '169.254.169.254 is refused: it is a link-local address, where cloud metadata is served',
      healthStatus: 'UNKNOWN',
      shown: true,
      changes: [],
    });
    expect(await logOf(idOf('nowhere'))).toEqual([]);
  });

  it('shows the worst of its environments at an application without a URL of its own', async () => {
    let healthy = true;
    const good = await origin(status(200));
    const bad = await origin((_request, response) => {
      response.writeHead(healthy ? 200 : 500).end();
    });
    const { id } = await createApplication(app, {
      appKey: 'worst',
      healthCheckUrl: '/health',
      environments: [
        { name: 'good', baseDomain: good.url },
        { name: 'bad', baseDomain: bad.url },
        { name: 'unprobed' },
      ],
    });
    const shown = async (): Promise<Target> =>
      (await app.http.get('/applications/worst').set(AS_ADMIN).expect(200)).body as Target;
    await eventually(shown, { fits: ({ healthStatus }) => healthStatus === 'ACTIVE' });
    healthy = false;
    const ill = await eventually(shown, { fits: ({ healthStatus }) => healthStatus === 'INACTIVE' });
    expect(ill).toMatchObject({ consecutiveSuccesses: 0 });
    expect(ill.consecutiveFailures).toBeGreaterThanOrEqual(3);
    healthy = true;
    await eventually(shown, { fits: ({ healthStatus }) => healthStatus === 'ACTIVE' });
    expect(await statusChangesOf(id)).toEqual([
      'UNKNOWN -> ACTIVE',
      'ACTIVE -> INACTIVE',
      'INACTIVE -> ACTIVE',
    ]);
  });

  it('starts over when a URL is changed, and forgets removed targets', async () => {
    const { url } = await origin(status(200));
    const { id, environments } = await createApplication(app, {
      appKey: 'moving',
      healthCheckUrl: `${url}/health`,
      environments: [{ name: 'production', baseDomain: url }],
    });
    const environmentId = environments[0]?.id ?? '';
    const targets = (): Promise<Target[]> =>
      app.database.query<Target & Record<string, unknown>>(
        `SELECT a."healthStatus" FROM "Application" a WHERE a."id" = $1
         UNION ALL SELECT "healthStatus" FROM "Environment" WHERE "id" = $2`,
        [id, environmentId],
      );
    const become = (...statuses: readonly string[]): Promise<Target[]> =>
      eventually(targets, {
        fits: (rows) => rows.map(({ healthStatus }) => healthStatus).join() === statuses.join(),
      });
    await become('ACTIVE', 'ACTIVE');
    await app.http.put('/applications/moving').set(AS_ADMIN).send({ healthCheckUrl: '/health' }).expect(200);
    await become('ACTIVE', 'ACTIVE');
    await app.http
      .put('/applications/moving/environments/production')
      .set(AS_ADMIN)
      .send({ baseDomain: null })
      .expect(200);
    await become('UNKNOWN', 'UNKNOWN');
    // What happened in between depends on who was probed first; how it ended does not.
    expect((await statusChangesOf(environmentId)).at(-1)).toBe('ACTIVE -> UNKNOWN');
    expect((await statusChangesOf(id)).at(-1)).toBe('ACTIVE -> UNKNOWN');
    // A changed target is looked at again when its pace allows, and forgotten then.
    const due = (): Promise<{ count: number }[]> =>
      app.database.query(
        `SELECT count("dueAt")::integer AS "count" FROM "HealthTarget" WHERE "applicationId" = $1`,
        [id],
      );
    expect(await eventually(due, { fits: ([row]) => row?.count === 0 })).toEqual([{ count: 0 }]);
  });

  it('touches nothing that announces a change while no status changes', async () => {
    const { url } = await origin(status(200));
    const {
      id: applicationId,
      appKey,
      environments,
    } = await createApplication(app, {
      appKey: 'steady',
      healthCheckUrl: `${url}/health`,
      environments: [{ name: 'production', baseDomain: url }],
    });
    const id = environments[0]?.id ?? '';
    const answers = async (): Promise<string[]> => [
      (await app.http.get('/endpoints').query({ app_key: appKey })).text,
      JSON.stringify(
        (
          (await app.http.get('/applications/with-endpoints').set(AS_ADMIN)).body as { appKey: string }[]
        ).find((each) => each.appKey === appKey),
      ),
    ];
    for (const targetId of [id, applicationId])
      await eventually(() => statusChangesOf(targetId), { fits: (changes) => changes.length === 1 });
    const before = await answers();
    const checks = (await logOf(id)).length;
    await checksOf(id, checks + 2);
    expect(await answers()).toEqual(before);
  });

  it('makes statuses, counters, history and entries of what a target answers', async () => {
    const { id } = scripted;
    const log = await checksOf(id, 9);
    expect(log.slice(0, 9)).toEqual([
      { status: 'SUCCESS', statusCode: 200, message: null },
      { status: 'SUCCESS', statusCode: 204, message: null },
      { status: 'FAILURE', statusCode: 503, message: 'HTTP 503' },
      { status: 'FAILURE', statusCode: 404, message: 'HTTP 404' },
      { status: 'FAILURE', statusCode: 500, message: 'HTTP 500' },
      { status: 'SUCCESS', statusCode: 200, message: null },
      { status: 'FAILURE', statusCode: 503, message: 'HTTP 503' },
      { status: 'SUCCESS', statusCode: 200, message: null },
      { status: 'SUCCESS', statusCode: 200, message: null },
    ]);
    expect(await statusChangesOf(id)).toEqual([
      'UNKNOWN -> ACTIVE',
      'ACTIVE -> INACTIVE',
      'INACTIVE -> ACTIVE',
    ]);
    // In one snapshot: the successes in a row are those at the end of the history.
    const [counted] = await app.database.query(
      `SELECT a."healthStatus", a."consecutiveFailures", a."consecutiveSuccesses" - count(*)::integer AS "difference",
              a."lastHealthCheckAt" = max(l."checkedAt") AS "latest"
       FROM "Application" a JOIN "HealthCheckLog" l ON l."targetId" = a."id"
       WHERE a."id" = $1 AND l."checkedAt" > (SELECT max("checkedAt") FROM "HealthCheckLog" WHERE "targetId" = $1 AND "status" = 'FAILURE')
       GROUP BY a."id"`,
      [id],
    );
    expect(counted).toEqual({
      healthStatus: 'ACTIVE',
      consecutiveFailures: 0,
      difference: 0,
      latest: true,
    });
  });
});
