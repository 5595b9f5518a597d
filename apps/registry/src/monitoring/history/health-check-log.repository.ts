import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import type { CheckStatus } from '../check-status.js';

/** The outcome of one probe. A target has one at most at a millisecond. */
export interface HealthCheckRecord {
  readonly targetId: string;
  readonly applicationId: string;
  readonly environmentId: string | null;
  readonly checkedAt: Date;
  readonly status: CheckStatus;
  /** Null when it was not answered. */
  readonly statusCode: number | null;
  /** Seconds; null when it was not answered. */
  readonly responseTime: number | null;
  readonly message: string | null;
  /** Of its target, this probe among them. */
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

/** Later than every probe. */
const END_OF_TIME = new Date('9999-12-31T23:59:59.999Z');

const COLUMNS =
  '"targetId", "checkedAt", "applicationId", "environmentId", "status", "statusCode", "responseTime", "message", ' +
  'coalesce("consecutiveFailures", 0) AS "consecutiveFailures", coalesce("consecutiveSuccesses", 0) AS "consecutiveSuccesses"';

/** Number of checks in one row of "HealthCheckRollup". */
const PROBES_OF_STATUS: Readonly<Record<CheckStatus | 'any', string>> = {
  any: `"probes" + "errors"`,
  SUCCESS: `"probes" - "failures"`,
  FAILURE: `"failures"`,
  ERROR: `"errors"`,
};

/** The log of all probes, of days still open and of those archived. */
@Injectable()
export class HealthCheckLogRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes all records in one statement, in the current transaction if there is one, whatever their day. Those of
   * targets that are gone are left out; one that is written already stays as it is.
   */
  async append(records: readonly HealthCheckRecord[]): Promise<void> {
    const column = <Name extends keyof HealthCheckRecord>(name: Name): HealthCheckRecord[Name][] =>
      records.map((record) => record[name]);
    await this.database.query(
      `INSERT INTO "HealthCheckLog"
         ("targetId", "applicationId", "environmentId", "checkedAt", "status", "statusCode", "responseTime", "message",
          "consecutiveFailures", "consecutiveSuccesses")
       SELECT r.* FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz(3)[], $5::text[], $6::smallint[],
                              $7::real[], $8::text[], $9::integer[], $10::integer[]) r("targetId")
       JOIN "HealthTarget" t ON t."id" = r."targetId"
       ORDER BY t."id" FOR KEY SHARE OF t
       ON CONFLICT DO NOTHING`,
      [
        column('targetId'),
        column('applicationId'),
        column('environmentId'),
        column('checkedAt'),
        column('status'),
        column('statusCode'),
        column('responseTime'),
        column('message'),
        column('consecutiveFailures'),
        column('consecutiveSuccesses'),
      ],
    );
  }

  /** The positions of those among the records that neither log nor archive has. */
  async missing(records: readonly Pick<HealthCheckRecord, 'targetId' | 'checkedAt'>[]): Promise<number[]> {
    const rows = await this.database.query<{ index: number }>(
      `WITH "record" AS MATERIALIZED (
         SELECT r."targetId", r."checkedAt", (r."checkedAt" AT TIME ZONE 'UTC')::date AS "day", r."index"
         FROM unnest($1::text[], $2::timestamptz(3)[]) WITH ORDINALITY r("targetId", "checkedAt", "index")
       ), "archived" AS MATERIALIZED (
         SELECT "targetId", "checkedAt" FROM "ArchivedHealthCheck"
         JOIN (SELECT DISTINCT "targetId", "day" FROM "record") d USING ("targetId", "day")
       )
       SELECT "index"::integer - 1 AS "index" FROM "record" r
       WHERE NOT EXISTS (SELECT FROM "HealthCheckLog" l WHERE l."targetId" = r."targetId" AND l."checkedAt" = r."checkedAt")
         AND NOT EXISTS (SELECT FROM "archived" a WHERE a."targetId" = r."targetId" AND a."checkedAt" = r."checkedAt")
       ORDER BY 1`,
      [records.map(({ targetId }) => targetId), records.map(({ checkedAt }) => checkedAt)],
    );
    return rows.map(({ index }) => index);
  }

  /**
   * Probes of these targets, newest first: one snapshot of log and archive, in which every probe is in one of
   * them. How many a day has is in its rollup: no more days are unpacked than the page needs, apart from the one on
   * which it begins, whose probes may all have been on the page before.
   */
  async list(
    targetIds: readonly string[],
    status: CheckStatus | undefined,
    after: Keyset | undefined,
    limit: number,
  ): Promise<HealthCheckRecord[]> {
    const { createdAt: time, id } = after ?? { createdAt: END_OF_TIME, id: '' };
    const day = `($2::timestamptz AT TIME ZONE 'UTC')::date`;
    const fits = (probe: string): string =>
      `${probe}."checkedAt" <= $2 AND (${probe}."checkedAt", ${probe}."targetId") < ($2, $3)
       AND ($4::text IS NULL OR ${probe}."status" = $4)`;
    return this.database.query<HealthCheckRecord>(
      `WITH "kept" AS (
         SELECT a."targetId", a."day", ${PROBES_OF_STATUS[status ?? 'any']} AS "probes"
         FROM "HealthCheckLogArchive" a JOIN "HealthCheckRollup" r USING ("targetId", "day")
         WHERE a."targetId" = ANY($1) AND r."targetId" = ANY($1) AND a."day" <= ${day}
       ), "days" AS (
         SELECT "day", CASE WHEN "day" < ${day} THEN sum("probes") ELSE 0 END AS "certain"
         FROM "kept" WHERE "probes" > 0 GROUP BY "day"
       ), "needed" AS (
         SELECT "day", sum("certain") OVER (ORDER BY "day" DESC) - "certain" AS "newer" FROM "days"
       )
       SELECT ${COLUMNS} FROM unnest($1::text[]) target("id"), LATERAL (
         SELECT ${COLUMNS} FROM "HealthCheckLog" l WHERE l."targetId" = target."id" AND ${fits('l')}
         ORDER BY l."checkedAt" DESC LIMIT $5) "logged"
       UNION ALL
       SELECT ${COLUMNS} FROM "kept" k JOIN "needed" n USING ("day") JOIN "ArchivedHealthCheck" p USING ("targetId", "day")
       WHERE k."probes" > 0 AND n."newer" < $5 AND ${fits('p')}
       ORDER BY "checkedAt" DESC, "targetId" DESC LIMIT $5`,
      [targetIds, time, id, status ?? null, limit],
    );
  }
}
