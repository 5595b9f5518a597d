import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of a row decides who is let in; the use of a key is not announced. */
const WATCHED = {
  Operator: ['name', 'role', 'applications', 'environments', 'isActive'],
  OperatorKey: ['selector', 'hash', 'expiresAt', 'revokedAt', 'operatorId'],
};

export class CreateOperators1763798400008 implements MigrationInterface {
  readonly name = 'CreateOperators1763798400008';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "Operator" (
        "id" text NOT NULL,
        "name" text NOT NULL,
        "kind" text NOT NULL,
        "role" text NOT NULL,
        "applications" text[],
        "environments" text[],
        "isActive" boolean NOT NULL DEFAULT true,
        "createdBy" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        "updatedAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_Operator" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_Operator_name" UNIQUE ("name")
      )`);
    await queryRunner.query(`
      CREATE TABLE "OperatorKey" (
        "id" text NOT NULL,
        "operatorId" text NOT NULL,
        "name" text NOT NULL,
        "selector" text NOT NULL,
        "hash" text NOT NULL,
        "expiresAt" timestamptz(3),
        "lastUsedAt" timestamptz(3),
        "revokedAt" timestamptz(3),
        "createdBy" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "PK_OperatorKey" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_OperatorKey_selector" UNIQUE ("selector"),
        CONSTRAINT "FK_OperatorKey_operatorId" FOREIGN KEY ("operatorId") REFERENCES "Operator"("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(`CREATE INDEX "IX_OperatorKey_operatorId" ON "OperatorKey" ("operatorId")`);
    await queryRunner.query(`
      CREATE FUNCTION "announceOperatorChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"('@operators');
        RETURN NULL;
      END $$`);
    for (const [table, columns] of Object.entries(WATCHED)) {
      const changed = columns
        .map((column) => `OLD."${column}" IS DISTINCT FROM NEW."${column}"`)
        .join(' OR ');
      await queryRunner.query(`
        CREATE TRIGGER "announceChange" AFTER INSERT OR DELETE OR TRUNCATE ON "${table}"
          FOR EACH STATEMENT EXECUTE FUNCTION "announceOperatorChange"()`);
      await queryRunner.query(`
        CREATE TRIGGER "announceUpdate" AFTER UPDATE ON "${table}"
          FOR EACH ROW WHEN (${changed}) EXECUTE FUNCTION "announceOperatorChange"()`);
    }
    await queryRunner.query(`
      ALTER TABLE "AuditLog"
        ADD COLUMN "operatorId" text,
        ADD COLUMN "operatorName" text,
        ADD COLUMN "via" text,
        ADD COLUMN "sessionId" text`);
    await queryRunner.query(`
      CREATE INDEX "IX_AuditLog_operatorName_createdAt" ON "AuditLog" ("operatorName", "createdAt", "id")
        WHERE ("operatorName" IS NOT NULL)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "IX_AuditLog_operatorName_createdAt"`);
    await queryRunner.query(`
      ALTER TABLE "AuditLog" DROP COLUMN "operatorId", DROP COLUMN "operatorName", DROP COLUMN "via", DROP COLUMN "sessionId"`);
    await queryRunner.query(`DROP TABLE "OperatorKey"`);
    await queryRunner.query(`DROP TABLE "Operator"`);
    await queryRunner.query(`DROP FUNCTION "announceOperatorChange"()`);
  }
}
