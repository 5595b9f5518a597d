import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountHealthChecks1763798400020 implements MigrationInterface {
  readonly name = 'CountHealthChecks1763798400020';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Constant defaults: PostgreSQL rewrites no row, and processes of the earlier version go on inserting.
    await queryRunner.query(`
      ALTER TABLE "HealthCheckLog"
        ADD COLUMN "consecutiveFailures" integer NOT NULL DEFAULT 0,
        ADD COLUMN "consecutiveSuccesses" integer NOT NULL DEFAULT 0`);
    await queryRunner.query(`ALTER TABLE "HealthCheckLogArchive" ADD COLUMN "streaks" integer[]`);
    await queryRunner.query(`
      CREATE OR REPLACE VIEW "ArchivedHealthCheck" AS
      SELECT a."targetId", a."day",
             (a."day"::timestamp AT TIME ZONE 'UTC' + p."offset" * interval '1 millisecond')::timestamptz(3) AS "checkedAt",
             t."applicationId", t."environmentId",
             CASE p."outcome" / 1000 WHEN 0 THEN 'SUCCESS' WHEN 1 THEN 'FAILURE' ELSE 'ERROR' END AS "status",
             nullif(p."outcome" % 1000, 0)::smallint AS "statusCode", p."responseTime", p."message",
             greatest(-p."streak", 0) AS "consecutiveFailures", greatest(p."streak", 0) AS "consecutiveSuccesses"
      FROM "HealthCheckLogArchive" a
      CROSS JOIN unnest(a."offsets", a."outcomes", a."responseTimes", a."messages", a."streaks")
        AS p("offset", "outcome", "responseTime", "message", "streak")
      LEFT JOIN "HealthTarget" t ON t."id" = a."targetId"`);
    await queryRunner.query(`
      CREATE OR REPLACE VIEW "HealthCheck" AS
      SELECT "targetId", ("checkedAt" AT TIME ZONE 'UTC')::date AS "day", "checkedAt", "applicationId",
             "environmentId", "status", "statusCode", "responseTime", "message", "consecutiveFailures", "consecutiveSuccesses"
      FROM "HealthCheckLog"
      UNION ALL
      SELECT "targetId", "day", "checkedAt", "applicationId",
             "environmentId", "status", "statusCode", "responseTime", "message", "consecutiveFailures", "consecutiveSuccesses"
      FROM "ArchivedHealthCheck"`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP VIEW "HealthCheck"`);
    await queryRunner.query(`DROP VIEW "ArchivedHealthCheck"`);
    await queryRunner.query(`ALTER TABLE "HealthCheckLogArchive" DROP COLUMN "streaks"`);
    await queryRunner.query(`
      ALTER TABLE "HealthCheckLog" DROP COLUMN "consecutiveFailures", DROP COLUMN "consecutiveSuccesses"`);
    await queryRunner.query(`
      CREATE VIEW "ArchivedHealthCheck" AS
      SELECT a."targetId", a."day",
             (a."day"::timestamp AT TIME ZONE 'UTC' + p."offset" * interval '1 millisecond')::timestamptz(3) AS "checkedAt",
             t."applicationId", t."environmentId",
             CASE p."outcome" / 1000 WHEN 0 THEN 'SUCCESS' WHEN 1 THEN 'FAILURE' ELSE 'ERROR' END AS "status",
             nullif(p."outcome" % 1000, 0)::smallint AS "statusCode", p."responseTime", p."message"
      FROM "HealthCheckLogArchive" a
      CROSS JOIN unnest(a."offsets", a."outcomes", a."responseTimes", a."messages")
        AS p("offset", "outcome", "responseTime", "message")
      LEFT JOIN "HealthTarget" t ON t."id" = a."targetId"`);
    await queryRunner.query(`
      CREATE VIEW "HealthCheck" AS
      SELECT "targetId", ("checkedAt" AT TIME ZONE 'UTC')::date AS "day", "checkedAt", "applicationId",
             "environmentId", "status", "statusCode", "responseTime", "message"
      FROM "HealthCheckLog"
      UNION ALL
      SELECT "targetId", "day", "checkedAt", "applicationId",
             "environmentId", "status", "statusCode", "responseTime", "message"
      FROM "ArchivedHealthCheck"`);
  }
}
