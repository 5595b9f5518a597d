import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { itIn, type TestSet } from '../support/test-set.js';

const RECENT = 100;
const DAYS = 30;

/** What the registry deletes of its audit trail, and when. */
export function auditRetention(set: TestSet): void {
  const oldEntries = set === 'short' ? 15_000 : 60_000;
  const inSoak = itIn(set, 'long');

  describe('the retention of the audit trail', () => {
    let database: TestDatabase;
    let sandbox: ProcessSandbox;

    beforeAll(async () => {
      database = await createTestDatabase();
      sandbox = await createProcessSandbox();
      // The oldest first, a minute and a millisecond between them: the newest of the old ones is a day too old.
      await insertEntries('old', oldEntries, DAYS + 1);
      await insertEntries('recent', RECENT, DAYS - 1);
    });
    afterAll(async () => {
      await sandbox.clear();
      await database.drop();
    });

    async function insertEntries(prefix: string, count: number, daysOld: number): Promise<void> {
      await database.query(
        `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType")
         SELECT $1 || n, now() - make_interval(days => $3) - n * interval '1 minute', 'application.updated', 'admin', 'application'
         FROM generate_series(1, $2::integer) n`,
        [prefix, count, daysOld],
      );
    }

    const start = (days: number): ServiceProcess =>
      sandbox.start({
        DATABASE_URL: database.url,
        ...GIVEN_SECRETS,
        AUDIT_RETENTION_DAYS: String(days),
      });

    async function counts(): Promise<{ old: number; recent: number; said: number }> {
      const [row] = await database.query<{ old: number; recent: number; said: number }>(
        `SELECT count(*) FILTER (WHERE "id" LIKE 'old%')::integer AS "old",
                count(*) FILTER (WHERE "id" LIKE 'recent%')::integer AS "recent",
                coalesce(sum(("after"->>'deleted')::integer) FILTER (WHERE "action" = 'audit.pruned'), 0)::integer AS "said"
         FROM "AuditLog"`,
      );
      return row ?? { old: 0, recent: 0, said: 0 };
    }

    inSoak('keeps everything without AUDIT_RETENTION_DAYS, and entries that are not old enough', async () => {
      await Promise.all([start(0).ready, start(100).ready]);
      expect(await counts()).toEqual({ old: oldEntries, recent: RECENT, said: 0 });
      await sandbox.kill();
    });

    it('deletes what is older in steps that are audited, and goes on after a kill', async () => {
      await expect(database.query(`DELETE FROM "AuditLog"`)).rejects.toThrow('append-only');
      const killed = start(DAYS);
      const half = await eventually(counts, { fits: ({ old }) => old < oldEntries, every: 1 });
      killed.signal('SIGKILL');
      await killed.exited;
      expect(half.old).toBeGreaterThan(0);
      // A server may still be at the statement it was told to do.
      await eventually(async () => {
        const [row] = await database.query<{ busy: number }>(
          `SELECT count(*)::integer AS "busy" FROM pg_stat_activity
           WHERE "datname" = current_database() AND "application_name" LIKE 'mcp-registry%'`,
        );
        return row?.busy === 0;
      });
      const left = await counts();
      expect(left).toEqual({ old: oldEntries - left.said, recent: RECENT, said: oldEntries - left.old });

      // Two at once: one of them works, and nothing is said twice.
      const [url] = await Promise.all([start(DAYS).ready, start(DAYS).ready]);
      await eventually(counts, { fits: ({ old }) => old === 0 });
      expect(await counts()).toEqual({ old: 0, recent: RECENT, said: oldEntries });

      const response = await fetch(`${url}/audit-logs?action=audit.pruned&limit=500`, { headers: AS_ADMIN });
      const entries = (await response.json()) as { after: { from: string; until: string } }[];
      expect(entries).toHaveLength(oldEntries / 5000);
      expect(entries[0]).toMatchObject({
        actor: 'registry',
        resourceType: 'audit-trail',
        resourceId: null,
        before: null,
        after: {
          deleted: 5000,
          from: expect.any(String),
          until: expect.any(String),
          retentionDays: DAYS,
        },
      });
      // Newest first, and the oldest entries went first.
      const untils = entries.map(({ after }) => after.until);
      expect(untils).toEqual([...untils].sort().reverse());
      for (const { after } of entries) expect(after.from < after.until).toBe(true);
    });
  });
}
