import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHealthHistory1763798400003 implements MigrationInterface {
  readonly name = 'CreateHealthHistory1763798400003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "HealthCheckLog" (
        "targetId" text NOT NULL,
        "checkedAt" timestamptz(3) NOT NULL,
        "responseTime" real,
        "statusCode" smallint,
        "status" text NOT NULL,
        "applicationId" text NOT NULL,
        "environmentId" text,
        "message" text,
        CONSTRAINT "PK_HealthCheckLog" PRIMARY KEY ("targetId", "checkedAt"),
        CONSTRAINT "CK_HealthCheckLog_status" CHECK ("status" IN ('SUCCESS', 'FAILURE', 'ERROR')),
        CONSTRAINT "CK_HealthCheckLog_statusCode" CHECK ("statusCode" BETWEEN 1 AND 999),
        CONSTRAINT "FK_HealthCheckLog_targetId" FOREIGN KEY ("targetId")
          REFERENCES "HealthTarget" ("id") ON DELETE CASCADE
      ) PARTITION BY RANGE ("checkedAt")`);
    // Takes what comes for a day that has no partition: no probe is lost, and no writer ever waits for a lock of DDL.
    await queryRunner.query(`CREATE TABLE "HealthCheckLog_default" PARTITION OF "HealthCheckLog" DEFAULT`);

    await queryRunner.query(`
      CREATE TABLE "HealthCheckLogArchive" (
        "targetId" text NOT NULL,
        "day" date NOT NULL,
        "offsets" integer[] NOT NULL,
        "outcomes" smallint[] NOT NULL,
        "responseTimes" real[] NOT NULL,
        "messages" text[],
        CONSTRAINT "PK_HealthCheckLogArchive" PRIMARY KEY ("targetId", "day"),
        CONSTRAINT "FK_HealthCheckLogArchive_targetId" FOREIGN KEY ("targetId")
          REFERENCES "HealthTarget" ("id") ON DELETE CASCADE
      ) PARTITION BY RANGE ("day")`);

    await queryRunner.query(`
      CREATE TABLE "HealthCheckRollup" (
        "targetId" text NOT NULL,
        "day" date NOT NULL,
        "probes" integer NOT NULL,
        "failures" integer NOT NULL,
        "errors" integer NOT NULL,
        "responseTimeP50" real,
        "responseTimeP95" real,
        "responseTimeMax" real,
        "hourlyProbes" smallint[] NOT NULL,
        "hourlyFailures" smallint[],
        "hourlyErrors" smallint[],
        "hourlyP50" real[],
        "hourlyP95" real[],
        "hourlyMax" real[],
        CONSTRAINT "PK_HealthCheckRollup" PRIMARY KEY ("targetId", "day"),
        CONSTRAINT "FK_HealthCheckRollup_targetId" FOREIGN KEY ("targetId")
          REFERENCES "HealthTarget" ("id") ON DELETE CASCADE
      ) WITH (autovacuum_vacuum_scale_factor = 0.02)`);
    await queryRunner.query(`CREATE INDEX "IX_HealthCheckRollup_day" ON "HealthCheckRollup" ("day")`);

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

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP VIEW "HealthCheck"`);
    await queryRunner.query(`DROP VIEW "ArchivedHealthCheck"`);
    await queryRunner.query(`DROP TABLE "HealthCheckRollup"`);
    await queryRunner.query(`DROP TABLE "HealthCheckLogArchive"`);
    await queryRunner.query(`DROP TABLE "HealthCheckLog"`);
  }
}
