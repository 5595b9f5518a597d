import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHealthTargets1763798400002 implements MigrationInterface {
  readonly name = 'CreateHealthTargets1763798400002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "HealthTarget" (
        "id" text NOT NULL,
        "applicationId" text NOT NULL,
        "environmentId" text,
        "healthStatus" text NOT NULL DEFAULT 'UNKNOWN',
        "consecutiveFailures" integer NOT NULL DEFAULT 0,
        "consecutiveSuccesses" integer NOT NULL DEFAULT 0,
        "checkedAt" timestamptz(3),
        "dueAt" timestamptz(3),
        "claimedBy" text,
        "claimedUntil" timestamptz(3),
        CONSTRAINT "PK_HealthTarget" PRIMARY KEY ("id"),
        CONSTRAINT "CK_HealthTarget_healthStatus" CHECK ("healthStatus" IN ('UNKNOWN', 'ACTIVE', 'INACTIVE')),
        CONSTRAINT "FK_HealthTarget_applicationId" FOREIGN KEY ("applicationId")
          REFERENCES "Application" ("id") ON DELETE CASCADE,
        CONSTRAINT "FK_HealthTarget_environmentId" FOREIGN KEY ("environmentId")
          REFERENCES "Environment" ("id") ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(
      `CREATE INDEX "IX_HealthTarget_applicationId" ON "HealthTarget" ("applicationId")`,
    );
    await queryRunner.query(
      `CREATE INDEX "IX_HealthTarget_environmentId" ON "HealthTarget" ("environmentId")`,
    );
    await queryRunner.query(`CREATE INDEX "IX_HealthTarget_dueAt" ON "HealthTarget" ("dueAt")`);
    // Every probe writes its time into these: with room in the page that touches no index.
    for (const table of ['Application', 'Environment']) {
      await queryRunner.query(`ALTER TABLE "${table}" SET (fillfactor = 80)`);
    }

    // Whatever writes an application or environment, psql included: its target is there, and due when where it leads changes.
    await queryRunner.query(`
      CREATE FUNCTION "addHealthTargetOfApplication"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO "HealthTarget" ("id", "applicationId", "dueAt")
        VALUES (NEW."id", NEW."id", CASE WHEN NEW."healthCheckUrl" IS NOT NULL THEN now() END);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "addHealthTarget" AFTER INSERT ON "Application"
        FOR EACH ROW EXECUTE FUNCTION "addHealthTargetOfApplication"()`);
    await queryRunner.query(`
      CREATE FUNCTION "addHealthTargetOfEnvironment"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO "HealthTarget" ("id", "applicationId", "environmentId", "dueAt")
        VALUES (NEW."id", NEW."applicationId", NEW."id", CASE WHEN NEW."baseDomain" IS NOT NULL THEN now() END);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "addHealthTarget" AFTER INSERT ON "Environment"
        FOR EACH ROW EXECUTE FUNCTION "addHealthTargetOfEnvironment"()`);
    await queryRunner.query(`
      CREATE FUNCTION "beginHealthTargetAnew"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE "HealthTarget"
        SET "healthStatus" = 'UNKNOWN', "consecutiveFailures" = 0, "consecutiveSuccesses" = 0,
            "checkedAt" = NULL, "dueAt" = now(), "claimedBy" = NULL, "claimedUntil" = NULL
        WHERE CASE TG_TABLE_NAME WHEN 'Application' THEN "applicationId" = NEW."id" ELSE "id" = NEW."id" END;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "beginHealthTargetAnew" AFTER UPDATE OF "healthCheckUrl" ON "Application"
        FOR EACH ROW WHEN (OLD."healthCheckUrl" IS DISTINCT FROM NEW."healthCheckUrl")
        EXECUTE FUNCTION "beginHealthTargetAnew"()`);
    await queryRunner.query(`
      CREATE TRIGGER "beginHealthTargetAnew" AFTER UPDATE OF "baseDomain" ON "Environment"
        FOR EACH ROW WHEN (OLD."baseDomain" IS DISTINCT FROM NEW."baseDomain")
        EXECUTE FUNCTION "beginHealthTargetAnew"()`);

    await queryRunner.query(`
      INSERT INTO "HealthTarget" ("id", "applicationId", "environmentId", "dueAt")
      SELECT "id", "id", NULL, CASE WHEN "healthCheckUrl" IS NOT NULL THEN now() END FROM "Application"
      UNION ALL
      SELECT "id", "applicationId", "id", CASE WHEN "baseDomain" IS NOT NULL THEN now() END FROM "Environment"`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['Application', 'Environment']) {
      await queryRunner.query(`DROP TRIGGER "addHealthTarget" ON "${table}"`);
      await queryRunner.query(`DROP TRIGGER "beginHealthTargetAnew" ON "${table}"`);
      await queryRunner.query(`ALTER TABLE "${table}" RESET (fillfactor)`);
    }
    await queryRunner.query(`DROP FUNCTION "addHealthTargetOfApplication"()`);
    await queryRunner.query(`DROP FUNCTION "addHealthTargetOfEnvironment"()`);
    await queryRunner.query(`DROP FUNCTION "beginHealthTargetAnew"()`);
    await queryRunner.query(`DROP TABLE "HealthTarget"`);
  }
}
