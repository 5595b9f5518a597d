import { join } from 'node:path';
import { asApplication } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { findFakeTime, WallClock } from '../support/fake-time.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const library = findFakeTime();
if (library === undefined)
  process.stderr.write('Skipped, there is no libfaketime (apt-get install faketime)\n');

const DAY_MS = 86_400_000;

/** @param jumps in days; 500 are longer than everything that is kept by days */
export function clockJumps(jumps: readonly number[]): void {
  (library === undefined ? describe.skip : describe)('a process whose wall clock is set', () => {
    let database: TestDatabase;
    let sandbox: ProcessSandbox;
    let origin: LoopbackOrigin;
    let clock: WallClock;
    /** Its clock is wrong from the start. */
    let wrong: string;
    let neighbour: TestApp;
    let right: string;

    beforeAll(async () => {
      database = await createTestDatabase();
      sandbox = await createProcessSandbox();
      origin = await startOrigin((_, response) => response.end());
      // Older than what the wrong clock would keep, and younger than what is kept.
      await database.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType")
       VALUES ('kept', now() - interval '20 days', 'application.updated', 'admin', 'application')`,
      );
      clock = await WallClock.at(join(sandbox.directory, 'clock'), 500);
      const settings = {
        DATABASE_URL: database.url,
        ...GIVEN_SECRETS,
        BCRYPT_COST: '4',
        AUDIT_RETENTION_DAYS: '30',
        HEALTH_LOG_RETENTION_DAYS: '30',
        HEALTH_CHECK_INTERVAL: '1',
        ENDPOINTS_REQUIRE_KEY: 'true',
      };
      wrong = await sandbox.start({ ...settings, ...clock.settings(library ?? '') }).ready;
      // Probes nothing: what is probed, the other one probes.
      neighbour = await startApp(settings, database);
      right = neighbour.url;
      await ask(wrong, 'POST', '/applications', {
        name: 'Orders',
        appKey: 'orders',
        healthCheckUrl: `${origin.url}/`,
      });
    });
    afterAll(async () => {
      await sandbox.clear();
      await origin.close();
      await neighbour.close();
    });

    async function ask(
      url: string,
      method: string,
      path: string,
      body?: object,
      headers: Record<string, string> = AS_ADMIN,
    ): Promise<{ status: number; headers: Headers; body: unknown }> {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    }

    const issue = async (url: string, expiry: object): Promise<{ apiKey: string; expiresAt: string }> => {
      const path = '/applications/orders/environments/production/api-keys';
      const { status, body } = await ask(url, 'POST', path, { name: 'k', ...expiry });
      expect(status).toBe(201);
      return body as { apiKey: string; expiresAt: string };
    };

    const statusWith = async (url: string, apiKey: string): Promise<number> =>
      (await ask(url, 'GET', '/endpoints?app_key=orders', undefined, asApplication('orders', apiKey))).status;

    /** What the process itself takes for the time. */
    const shownAt = async (url: string): Promise<number> =>
      new Date(((await ask(url, 'GET', '/health')).body as { timestamp: string }).timestamp).getTime();

    const daysAway = (time: number | string): number =>
      Math.abs(Math.round((new Date(time).getTime() - Date.now()) / DAY_MS));

    it.each(jumps)('by %d days goes by the clock of the database', async (days) => {
      await clock.set(days);
      // It really sees that time, and its neighbour does not.
      expect((await shownAt(wrong)) - (await shownAt(right))).toBeGreaterThan((days - 0.1) * DAY_MS);
      expect((await shownAt(wrong)) - (await shownAt(right))).toBeLessThan((days + 0.1) * DAY_MS);

      // Keys issued here and there expire at the same time for both.
      const keys = [await issue(right, { expiresInDays: 1 }), await issue(wrong, { expiresInDays: 1 })];
      for (const { apiKey, expiresAt } of keys) {
        expect(daysAway(expiresAt)).toBe(1);
        expect([await statusWith(wrong, apiKey), await statusWith(right, apiKey)]).toEqual([200, 200]);
      }
      await database.query(
        `UPDATE "ApiKey" SET "expiresAt" = now() + interval '0.5 seconds' WHERE "isActive"`,
      );
      for (const { apiKey } of keys) {
        for (const url of [wrong, right]) {
          await eventually(() => statusWith(url, apiKey), { fits: (status) => status === 401, within: 2000 });
        }
      }

      // Probing goes on.
      const probes = origin.hosts.length;
      await eventually(() => origin.hosts.length > probes + 1);

      // The limits of requests go on where they were.
      const { headers } = await ask(wrong, 'GET', '/applications');
      const reset = Number(headers.get('ratelimit-reset'));
      expect([reset >= 0 && reset <= 60, Number(headers.get('ratelimit-remaining')) > 29_000]).toEqual([
        true,
        true,
      ]);

      // What the neighbour changes is seen within the promised second.
      await ask(right, 'PUT', '/applications/orders/environments/production', {
        description: `after ${days}`,
      });
      await eventually(
        async () =>
          (
            (await ask(wrong, 'GET', '/endpoints?app_key=orders')).body as {
              environment: { description: string };
            }
          ).environment.description,
        { fits: (description) => description === `after ${days}`, within: 1000 },
      );
    });

    it('leaves no time in the database that was not the database’s, and deletes nothing before its time', async () => {
      const [times] = await database.query<{ away: number; kept: number; probes: number }>(
        `SELECT extract(day FROM greatest(
                (SELECT max(abs(extract(epoch FROM now() - "createdAt"))) FROM "AuditLog" WHERE "id" <> 'kept'),
                (SELECT max(abs(extract(epoch FROM now() - "checkedAt"))) FROM "HealthCheck"),
                (SELECT max(abs(extract(epoch FROM now() - "updatedAt"))) FROM "Application"),
                (SELECT max(abs(extract(epoch FROM now() - "updatedAt"))) FROM "Environment"),
                (SELECT max(abs(extract(epoch FROM now() - "createdAt"))) FROM "ApiKey")) * interval '1 second')::integer AS "away",
              (SELECT count(*)::integer FROM "AuditLog" WHERE "id" = 'kept') AS "kept",
              (SELECT count(*)::integer FROM "HealthCheck") AS "probes"`,
      );
      expect(times).toMatchObject({ away: 0, kept: 1 });
      expect(times?.probes).toBeGreaterThan(jumps.length);
      const partitions = await database.query<{ day: string }>(
        `SELECT right(inhrelid::regclass::text, 9) AS "day" FROM pg_inherits
       WHERE inhparent = '"HealthCheckLog"'::regclass AND inhrelid::regclass::text LIKE '%2%' ORDER BY 1`,
      );
      expect(partitions).toHaveLength(3);
    });

    it('pages through lists as before', async () => {
      const [first, whole] = [
        // Other entries may be committed after later ones: probes, and refusals that are written together.
        await ask(wrong, 'GET', '/audit-logs?action=api-key.issued&limit=1'),
        await ask(right, 'GET', '/audit-logs?action=api-key.issued&limit=500'),
      ];
      await clock.set(-500);
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
      const { pathname, search } = new URL(next, wrong);
      const second = await ask(wrong, 'GET', `${pathname}${search}`);
      expect([...(first.body as object[]), ...(second.body as object[])]).toEqual(
        (whole.body as object[]).slice(0, 2),
      );
    });
  });
}
