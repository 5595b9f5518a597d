import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { FIGURES } from './day-closing.repository.js';

/** Counts since a time. */
export interface Availability {
  readonly targetId: string;
  readonly window: string;
  readonly probes: number;
  readonly failures: number;
  /** Seconds; of the exact window only. */
  readonly responseTimeP95: number | null;
}

/** Windows by name: from when each of them reaches to now. */
export interface Windows {
  /** Counted to the millisecond: not longer ago than single probes are kept. */
  readonly exact: readonly [name: string, from: Date];
  /** Each begins at a full hour of UTC. */
  readonly hourly: readonly (readonly [name: string, from: Date])[];
}

export type Resolution = 'hour' | 'day';

/** The figures of an hour or a day; response times in seconds. */
export interface HistoryPoint {
  readonly environmentId: string | null;
  readonly start: Date;
  readonly probes: number;
  readonly failures: number;
  readonly errors: number;
  readonly responseTimeP50: number | null;
  readonly responseTimeP95: number | null;
  readonly responseTimeMax: number | null;
}

/**
 * Reads figures from rollups and, where there is none yet, from the log: one statement each, so that every check
 * is in exactly one of them.
 */
@Injectable()
export class HealthFiguresRepository {
  constructor(private readonly database: Database) {}

  /** Nothing for a target and window without any probe. */
  async availability(targetIds: readonly string[], { exact, hourly }: Windows): Promise<Availability[]> {
    const [exactName, exactFrom] = exact;
    return this.database.query<Availability>(
      `WITH "window" AS (
         SELECT "name", "from", ("from" AT TIME ZONE 'UTC')::date AS "day",
                extract(hour FROM "from" AT TIME ZONE 'UTC')::integer AS "hour"
         FROM unnest($2::text[], $3::timestamptz[]) w("name", "from")
       ), "count" AS (
         SELECT w."name", l."targetId", count(*) AS "probes",
                count(*) FILTER (WHERE l."status" = 'FAILURE') AS "failures", NULL::real AS "responseTimeP95"
         FROM "window" w JOIN "HealthCheckLog" l ON l."checkedAt" >= w."from"
         WHERE l."targetId" = ANY($1) AND l."status" <> 'ERROR' GROUP BY w."name", l."targetId"
         UNION ALL
         SELECT w."name", r."targetId",
                sum(CASE WHEN r."day" > w."day" THEN r."probes" ELSE ${sumFrom('r."hourlyProbes"')} END),
                sum(CASE WHEN r."day" > w."day" THEN r."failures" ELSE ${sumFrom('r."hourlyFailures"')} END), NULL
         FROM "window" w JOIN "HealthCheckRollup" r ON r."day" >= w."day"
         WHERE r."targetId" = ANY($1) GROUP BY w."name", r."targetId"
         UNION ALL
         SELECT $4, "targetId", count(*) FILTER (WHERE "status" <> 'ERROR'),
                count(*) FILTER (WHERE "status" = 'FAILURE'),
                percentile_disc(0.95) WITHIN GROUP (ORDER BY "responseTime") FILTER (WHERE "statusCode" IS NOT NULL)
         FROM "HealthCheck"
         WHERE "targetId" = ANY($1) AND "day" >= ${day('$5')} AND "checkedAt" >= $5 GROUP BY "targetId"
       )
       SELECT "targetId", "name" AS "window", sum("probes")::integer AS "probes",
              sum("failures")::integer AS "failures", max("responseTimeP95") AS "responseTimeP95"
       FROM "count" GROUP BY "targetId", "name"`,
      [targetIds, hourly.map(([name]) => name), hourly.map(([, from]) => from), exactName, exactFrom],
    );
  }

  /**
   * The hours or days that begin in a span of time and have probes, oldest first; of one start, in the order of
   * the targets. A day with probes in the log is counted from these and the archive, any other read from its rollup.
   */
  async points(
    targetIds: readonly string[],
    resolution: Resolution,
    from: Date,
    to: Date,
  ): Promise<HistoryPoint[]> {
    return this.database.query<HistoryPoint>(
      `WITH "logged" AS (
         SELECT "targetId", "checkedAt", ("checkedAt" AT TIME ZONE 'UTC')::date AS "day", "status", "statusCode", "responseTime"
         FROM "HealthCheckLog" WHERE "targetId" = ANY($1) AND "checkedAt" >= ${midnight('$2')} AND "checkedAt" < ${midnight('$3')} + interval '1 day'
       ), "open" AS (
         SELECT DISTINCT "targetId", "day" FROM "logged"
       ), "counted" AS (
         SELECT "targetId", date_trunc('${resolution}', "checkedAt" AT TIME ZONE 'UTC') AS "start", ${FIGURES}
         FROM (
           SELECT "targetId", "checkedAt", "status", "statusCode", "responseTime" FROM "logged"
           UNION ALL
           SELECT "targetId", "checkedAt", "status", "statusCode", "responseTime"
           FROM "open" JOIN "ArchivedHealthCheck" USING ("targetId", "day")
         ) "probe" GROUP BY 1, 2
       ), "point" AS (
         SELECT "targetId", "start", "probes", "failures", "errors", "times"[1] AS "p50", "times"[2] AS "p95", "times"[3] AS "max"
         FROM "counted"
         UNION ALL
         ${ROLLED_UP[resolution]}
         WHERE r."targetId" = ANY($1) AND r."day" >= ${day('$2')} AND r."day" <= ${day('$3')}
           AND NOT EXISTS (SELECT FROM "open" o WHERE o."targetId" = r."targetId" AND o."day" = r."day")
       )
       SELECT t."environmentId", "start" AT TIME ZONE 'UTC' AS "start", "probes", "failures", "errors",
              "p50" AS "responseTimeP50", "p95" AS "responseTimeP95", "max" AS "responseTimeMax"
       FROM "point" JOIN unnest($1::text[]) WITH ORDINALITY target("id", "position") ON target."id" = "targetId"
       JOIN "HealthTarget" t ON t."id" = "targetId"
       WHERE "start" >= $2::timestamptz AT TIME ZONE 'UTC' AND "start" < $3::timestamptz AT TIME ZONE 'UTC' AND "probes" + "errors" > 0
       ORDER BY "start", target."position"`,
      [targetIds, from, to],
    );
  }
}

/** The UTC day of a parameter, which may lie in any year; and its beginning. */
const day = (time: string): string => `(${time}::timestamptz AT TIME ZONE 'UTC')::date`;
const midnight = (time: string): string => `(${day(time)}::timestamp AT TIME ZONE 'UTC')`;

/** What the hours of the window's first day sum up to. */
function sumFrom(hours: string): string {
  return `(SELECT coalesce(sum(n), 0) FROM unnest(${hours}[w."hour" + 1:]) n)`;
}

const ROLLED_UP: Readonly<Record<Resolution, string>> = {
  day: `
    SELECT "targetId", "day"::timestamp, "probes", "failures", "errors", "responseTimeP50", "responseTimeP95", "responseTimeMax"
    FROM "HealthCheckRollup" r`,
  hour: `
    SELECT "targetId", "day" + (h."number" - 1) * interval '1 hour',
           h."probes"::integer, coalesce(h."failures", 0)::integer, coalesce(h."errors", 0)::integer, h."p50", h."p95", h."max"
    FROM "HealthCheckRollup" r CROSS JOIN
         unnest("hourlyProbes", "hourlyFailures", "hourlyErrors", "hourlyP50", "hourlyP95", "hourlyMax")
           WITH ORDINALITY h("probes", "failures", "errors", "p50", "p95", "max", "number")`,
};
