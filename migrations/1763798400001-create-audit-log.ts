import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditLog1763798400001 implements MigrationInterface {
  readonly name = 'CreateAuditLog1763798400001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "AuditLog" (
        "id" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL,
        "action" text NOT NULL,
        "actor" text NOT NULL,
        "apiKeyId" text,
        "appKey" text,
        "applicationId" text,
        "environment" text,
        "environmentId" text,
        "resourceType" text NOT NULL,
        "resourceId" text,
        "before" json,
        "after" json,
        "reason" text,
        "occurrences" integer NOT NULL DEFAULT 1,
        "ipAddress" text,
        "userAgent" text,
        "requestId" text,
        CONSTRAINT "PK_AuditLog" PRIMARY KEY ("id")
      )`);
    await queryRunner.query(`CREATE INDEX "IX_AuditLog_createdAt_id" ON "AuditLog" ("createdAt", "id")`);
    await queryRunner.query(
      `CREATE INDEX "IX_AuditLog_appKey_createdAt" ON "AuditLog" ("appKey", "createdAt", "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "IX_AuditLog_action_createdAt" ON "AuditLog" ("action", "createdAt", "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "IX_AuditLog_actor_createdAt" ON "AuditLog" ("actor", "createdAt", "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "IX_AuditLog_apiKeyId_createdAt" ON "AuditLog" ("apiKeyId", "createdAt", "id")`,
    );
    // Only the retention routine deletes, and says so for its own transaction.
    await queryRunner.query(`
      CREATE FUNCTION "refuseAuditLogChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_setting('mcp_registry.audit_retention', true) = 'on' THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only: % on "AuditLog" is refused', TG_OP
          USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "refuseAuditLogRowChange" BEFORE UPDATE OR DELETE ON "AuditLog"
        FOR EACH ROW EXECUTE FUNCTION "refuseAuditLogChange"()`);
    await queryRunner.query(`
      CREATE TRIGGER "refuseAuditLogTruncate" BEFORE TRUNCATE ON "AuditLog"
        FOR EACH STATEMENT EXECUTE FUNCTION "refuseAuditLogChange"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "AuditLog"`);
    await queryRunner.query(`DROP FUNCTION "refuseAuditLogChange"()`);
  }
}
