import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';

const THIS_HOUR = `floor(extract(epoch FROM now()) / 3600)::integer`;

/** A transaction that began before the hour and comes late counts to the new one. */
const ADD = `
  WITH "added" AS (
    INSERT INTO "AuditUsage" AS old ("applicationId", "hour", "bytes") VALUES ($1, ${THIS_HOUR}, $2)
    ON CONFLICT ("applicationId") DO UPDATE
    SET "hour" = greatest(old."hour", excluded."hour"),
        "bytes" = excluded."bytes" + CASE WHEN old."hour" >= excluded."hour" THEN old."bytes" ELSE 0 END
    WHERE old."hour" < excluded."hour" OR old."bytes" < $3
    RETURNING 1
  ) SELECT EXISTS (SELECT FROM "added") AS "isAdded", ${THIS_HOUR} AS "hour"`;

/** Those of changes under way are left to the next time. */
const DELETE_PAST = `
  DELETE FROM "AuditUsage" WHERE "applicationId" = ANY(ARRAY(
    SELECT "applicationId" FROM "AuditUsage" WHERE "hour" < ${THIS_HOUR} FOR UPDATE SKIP LOCKED))`;

/** One row an application, always that of its latest hour. */
@Injectable()
export class AuditUsageRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds bytes to the current hour of an application, unless it has reached `max`.
   *
   * @returns the hour, since 1970, when it has
   */
  async add(applicationId: string, bytes: number, max: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ isAdded: boolean; hour: number }>(ADD, [
      applicationId,
      bytes,
      max,
    ]);
    return row?.isAdded === true ? undefined : row?.hour;
  }

  /** Deletes the rows of past hours. */
  async deletePast(): Promise<void> {
    await this.database.query(DELETE_PAST);
  }
}
