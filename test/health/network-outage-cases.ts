import { eventually } from '../support/eventually.js';
import { afterEach, beforeEach, describe, expect } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';
import { itIn, type TestSet } from '../support/test-set.js';

const TARGETS = 12;

/** What the registry makes of an outage of its own network. */
export function networkOutage(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  let service: SpawnedService;
  let origin: LoopbackOrigin;

  beforeEach(async () => {
    origin = await startOrigin(status(200), { address: '0.0.0.0' });
    service = await spawnService({ HEALTH_CHECK_INTERVAL: '1', HEALTH_CHECK_TIMEOUT: '1' });
    await service.database.query(
      `INSERT INTO "Application" ("id", "name", "appKey", "healthCheckUrl")
     SELECT 'target-' || n, 'Target', 'target-' || n, 'http://127.2.0.' || n || ':' || $2 || '/'
     FROM generate_series(1, $1::integer) n`,
      [TARGETS, origin.port],
    );
    await eventually(() => countOf('ACTIVE'), { fits: (count) => count === TARGETS });
  });
  afterEach(async () => {
    await service.stop();
    await origin.close();
  });

  async function countOf(healthStatus: string): Promise<number> {
    const rows = await service.database.query(`SELECT "id" FROM "Application" WHERE "healthStatus" = $1`, [
      healthStatus,
    ]);
    return rows.length;
  }

  async function failuresLogged(): Promise<number> {
    const rows = await service.database.query(
      `SELECT 1 FROM "HealthCheckLog" WHERE "status" = 'FAILURE' AND "message" = 'connection refused'`,
    );
    return rows.length;
  }

  const statusChanges = (): Promise<{ status: string }[]> =>
    service.database.query<{ status: string }>(
      `SELECT DISTINCT "after" ->> 'healthStatus' AS "status" FROM "AuditLog" WHERE "action" = 'health.status-changed'`,
    );

  describe('when nearly everything falls silent at once', () => {
    briefly('statuses are held, and stay when the network comes back', async () => {
      const { port } = origin;
      await origin.close();
      await eventually(() =>
        service.output().includes('the network of the registry itself seems to be down'),
      );
      await eventually(failuresLogged, { fits: (count) => count >= TARGETS });
      origin = await startOrigin(status(200), { address: '0.0.0.0', port });
      await eventually(() => service.output().includes('Targets answer again'));
      expect(await countOf('ACTIVE')).toBe(TARGETS);
      expect(await statusChanges()).toEqual([{ status: 'ACTIVE' }]);
    });

    inSoak('statuses are held for two rounds, and then follow the checks', async () => {
      await origin.close();
      await eventually(() => countOf('INACTIVE'), { fits: (count) => count === TARGETS, within: 25_000 });
      const held = service.output().indexOf('seems to be down');
      const believed = service.output().indexOf('silent for two rounds');
      const firstInactive = service.output().indexOf('is INACTIVE, was ACTIVE (connection refused)');
      expect([held > 0, believed > held, firstInactive > believed]).toEqual([true, true, true]);
      // What was held counts as history, and not towards the threshold.
      const [row] = await service.database.query<{ failures: number; counted: number }>(
        `SELECT (SELECT count(*) FROM "HealthCheckLog" WHERE "status" = 'FAILURE')::integer AS "failures",
              sum("consecutiveFailures")::integer AS "counted" FROM "Application"`,
      );
      expect(row?.failures).toBeGreaterThan(row?.counted ?? Infinity);
    });
  });
}
