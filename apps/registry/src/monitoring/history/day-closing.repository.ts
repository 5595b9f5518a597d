import { Injectable } from '@nestjs/common';
import { ADVISORY_LOCKS } from '#libs/database/advisory-locks.js';
import { Database } from '#libs/database/database.js';
import { addDays, startOf, type UtcDay } from './utc-day.js';

/** The figures of a set of probes, as "HealthCheckRollup" has them. */
export const FIGURES = `
  count(*) FILTER (WHERE "status" <> 'ERROR')::integer AS "probes",
  count(*) FILTER (WHERE "status" = 'FAILURE')::integer AS "failures",
  count(*) FILTER (WHERE "status" = 'ERROR')::integer AS "errors",
  percentile_disc(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (ORDER BY "responseTime")
    FILTER (WHERE "statusCode" IS NOT NULL) AS "times"`;

/** Moves the probes of a day from the log to the archive, and keeps the rollups. */
@Injectable()
export class DayClosingRepository {
  constructor(private readonly database: Database) {}

  /** Tries to take the advisory lock of the history for this transaction. */
  async tryLock(): Promise<boolean> {
    const [row] = await this.database.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS "locked"',
      [ADVISORY_LOCKS.healthHistory],
    );
    return row?.locked === true;
  }

  /** As {@link tryLock}, but waits for the lock. */
  async lock(): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.healthHistory]);
  }

  /** Days before this one that have probes in the default partition. */
  async strayDaysBefore(day: UtcDay): Promise<UtcDay[]> {
    const rows = await this.database.query<{ day: UtcDay }>(
      `SELECT DISTINCT ("checkedAt" AT TIME ZONE 'UTC')::date::text AS "day" FROM "HealthCheckLog_default"
       WHERE "checkedAt" < $1 ORDER BY 1`,
      [startOf(day)],
    );
    return rows.map((row) => row.day);
  }

  async isOpen(day: UtcDay): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM "HealthCheckLog" WHERE "checkedAt" >= $1 AND "checkedAt" < $2) AS "found"`,
      [startOf(day), startOf(addDays(day, 1))],
    );
    return row?.found === true;
  }

  /**
   * The targets that follow one in the order of their ids, locked against being deleted. Those being deleted are
   * left out: their deletion may wait for rows of ours, and must not be waited for.
   */
  async lockTargetsAfter(id: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT "id" FROM "HealthTarget" WHERE "id" > $1 ORDER BY "id" LIMIT $2 FOR KEY SHARE SKIP LOCKED`,
      [id, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Moves checks of these targets into their archive row of that day, in order of time, together with those it
   * has already. The caller holds the lock.
   *
   * @returns the targets that had any
   */
  async archive(day: UtcDay, targetIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ targetId: string }>(
      `WITH "moved" AS (
         DELETE FROM "HealthCheckLog" WHERE "targetId" = ANY($1) AND "checkedAt" >= $3 AND "checkedAt" < $4
         RETURNING "targetId", "checkedAt", "status", "statusCode", "responseTime", "message",
                   "consecutiveFailures", "consecutiveSuccesses"
       ), "probe" AS (
         SELECT "targetId", round(extract(epoch FROM "checkedAt" - $3::timestamptz) * 1000)::integer AS "offset",
                (CASE "status" WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1000 ELSE 2000 END
                 + coalesce("statusCode", 0))::smallint AS "outcome", "responseTime", "message",
                nullif("consecutiveSuccesses" - "consecutiveFailures", 0) AS "streak"
         FROM "moved"
         UNION ALL
         SELECT a."targetId", p.* FROM "HealthCheckLogArchive" a
         CROSS JOIN unnest(a."offsets", a."outcomes", a."responseTimes", a."messages", a."streaks") p
         WHERE a."day" = $2 AND a."targetId" = ANY($1) AND a."targetId" IN (SELECT "targetId" FROM "moved")
       ), "written" AS (
         INSERT INTO "HealthCheckLogArchive" ("targetId", "day", "offsets", "outcomes", "responseTimes", "messages", "streaks")
         SELECT "targetId", $2, array_agg("offset" ORDER BY "offset"), array_agg("outcome" ORDER BY "offset"),
                array_agg("responseTime" ORDER BY "offset"),
                CASE WHEN count("message") > 0 THEN array_agg("message" ORDER BY "offset") END,
                CASE WHEN count("streak") > 0 THEN array_agg("streak" ORDER BY "offset") END
         FROM "probe" GROUP BY "targetId"
         ON CONFLICT ("targetId", "day") DO UPDATE
         SET "offsets" = EXCLUDED."offsets", "outcomes" = EXCLUDED."outcomes",
             "responseTimes" = EXCLUDED."responseTimes", "messages" = EXCLUDED."messages", "streaks" = EXCLUDED."streaks"
         RETURNING "targetId"
       )
       SELECT "targetId" FROM "written"`,
      [targetIds, day, startOf(day), startOf(addDays(day, 1))],
    );
    return rows.map(({ targetId }) => targetId);
  }

  /**
   * Writes the rollups of a day from its archive.
   *
   * @param options.replace false: existing rollups stay as they are
   */
  async rollUp(day: UtcDay, targetIds: readonly string[], { replace }: { replace: boolean }): Promise<void> {
    const columns = [
      'probes',
      'failures',
      'errors',
      'responseTimeP50',
      'responseTimeP95',
      'responseTimeMax',
      'hourlyProbes',
      'hourlyFailures',
      'hourlyErrors',
      'hourlyP50',
      'hourlyP95',
      'hourlyMax',
    ];
    const replacement = columns.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ');
    await this.database.query(
      `WITH "figures" AS (
         SELECT "targetId", extract(hour FROM "checkedAt" AT TIME ZONE 'UTC')::integer AS "hour", ${FIGURES}
         FROM "ArchivedHealthCheck" WHERE "targetId" = ANY($1) AND "day" = $2
         GROUP BY GROUPING SETS (("targetId"), ("targetId", "hour"))
       ), "whole" AS (
         SELECT * FROM "figures" WHERE "hour" IS NULL
       ), "hourly" AS (
         SELECT w."targetId",
                array_agg(least(coalesce(f."probes", 0), 32767)::smallint ORDER BY h) AS "probes",
                array_agg(least(coalesce(f."failures", 0), 32767)::smallint ORDER BY h) AS "failures",
                array_agg(least(coalesce(f."errors", 0), 32767)::smallint ORDER BY h) AS "errors",
                array_agg(f."times"[1] ORDER BY h) AS "p50",
                array_agg(f."times"[2] ORDER BY h) AS "p95",
                array_agg(f."times"[3] ORDER BY h) AS "max"
         FROM "whole" w CROSS JOIN generate_series(0, 23) h
         LEFT JOIN "figures" f ON f."targetId" = w."targetId" AND f."hour" = h
         GROUP BY w."targetId"
       )
       INSERT INTO "HealthCheckRollup" ("targetId", "day", ${columns.map((column) => `"${column}"`).join(', ')})
       SELECT w."targetId", $2, w."probes", w."failures", w."errors", w."times"[1], w."times"[2], w."times"[3],
              h."probes",
              CASE WHEN w."failures" > 0 THEN h."failures" END,
              CASE WHEN w."errors" > 0 THEN h."errors" END,
              CASE WHEN w."times" IS NOT NULL THEN h."p50" END,
              CASE WHEN w."times" IS NOT NULL THEN h."p95" END,
              CASE WHEN w."times" IS NOT NULL THEN h."max" END
       FROM "whole" w JOIN "hourly" h USING ("targetId")
       ON CONFLICT ("targetId", "day") DO ${replace ? `UPDATE SET ${replacement}` : 'NOTHING'}`,
      [targetIds, day],
    );
  }

  /** Deletes some of the rollups before a day. @returns how many */
  async deleteRollupsBefore(day: UtcDay, limit: number): Promise<number> {
    const [row] = await this.database.query<{ deleted: number }>(
      `WITH "deleted" AS (
         DELETE FROM "HealthCheckRollup" WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM "HealthCheckRollup" WHERE "day" < $1 LIMIT $2)) RETURNING 1
       ) SELECT count(*)::integer AS "deleted" FROM "deleted"`,
      [day, limit],
    );
    return row?.deleted ?? 0;
  }
}
