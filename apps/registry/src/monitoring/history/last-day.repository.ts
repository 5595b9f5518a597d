import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { FIGURES } from './day-closing.repository.js';

/** The figures of a target since a time, 24 hours ago at most. */
export interface CountedDay {
  readonly targetId: string;
  readonly probes: number;
  readonly failures: number;
  /** Seconds. */
  readonly responseTimeP95: number | null;
  /** A letter for each hour from the first one asked for. */
  readonly hours: string;
}

const LETTER = `CASE WHEN bool_or("status" = 'FAILURE') THEN 'f' WHEN bool_or("status" = 'ERROR') THEN 'e' ELSE 'u' END`;

/** Reads the last 24 hours of many targets, in one statement, from the log and the archive. */
@Injectable()
export class LastDayRepository {
  constructor(private readonly database: Database) {}

  /**
   * Nothing for a target without any probe.
   *
   * @param from the begin of figures
   * @param firstHour a full hour, the first of 24 letters
   */
  async count(targetIds: readonly string[], from: Date, firstHour: Date): Promise<CountedDay[]> {
    return this.database.query<CountedDay>(
      `WITH "probe" AS MATERIALIZED (
         SELECT "targetId", "status", "statusCode", "responseTime",
                floor(extract(epoch FROM "checkedAt" - $3::timestamptz) / 3600)::integer AS "hour"
         FROM "HealthCheck"
         WHERE "targetId" = ANY($1) AND "day" >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND "checkedAt" >= $2
       ), "letter" AS (
         SELECT "targetId", "hour", ${LETTER} AS "letter" FROM "probe" GROUP BY "targetId", "hour"
       ), "hours" AS (
         SELECT t."id" AS "targetId", string_agg(coalesce(l."letter", '-'), '' ORDER BY n."hour") AS "hours"
         FROM unnest($1::text[]) t("id") CROSS JOIN generate_series(0, 23) n("hour")
         LEFT JOIN "letter" l ON l."targetId" = t."id" AND l."hour" = n."hour" GROUP BY t."id"
       ), "figures" AS (
         SELECT "targetId", ${FIGURES} FROM "probe" GROUP BY "targetId"
       )
       SELECT "targetId", "probes", "failures", "times"[2] AS "responseTimeP95", "hours"
       FROM "figures" JOIN "hours" USING ("targetId")`,
      [targetIds, from, firstHour],
    );
  }
}
