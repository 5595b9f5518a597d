import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOperatorSessions1763798400010 implements MigrationInterface {
  readonly name = 'CreateOperatorSessions1763798400010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "OperatorSession" (
        "id" text NOT NULL,
        "tokenHash" text NOT NULL,
        "operatorKeyId" text,
        "adminKeyFingerprint" text,
        "ipAddress" text,
        "userAgent" text,
        "createdAt" timestamptz(3) NOT NULL,
        "lastSeenAt" timestamptz(3) NOT NULL,
        "expiresAt" timestamptz(3) NOT NULL,
        CONSTRAINT "PK_OperatorSession" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_OperatorSession_tokenHash" UNIQUE ("tokenHash"),
        CONSTRAINT "FK_OperatorSession_operatorKeyId" FOREIGN KEY ("operatorKeyId") REFERENCES "OperatorKey"("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(
      `CREATE INDEX "IX_OperatorSession_operatorKeyId" ON "OperatorSession" ("operatorKeyId")`,
    );
    await queryRunner.query(`
      CREATE TRIGGER "announceChange" AFTER DELETE OR TRUNCATE ON "OperatorSession"
        FOR EACH STATEMENT EXECUTE FUNCTION "announceOperatorChange"()`);
    await queryRunner.query(`
      CREATE TRIGGER "announceUpdate" AFTER UPDATE ON "OperatorSession"
        FOR EACH ROW WHEN (OLD."expiresAt" IS DISTINCT FROM NEW."expiresAt"
          OR OLD."tokenHash" IS DISTINCT FROM NEW."tokenHash"
          OR OLD."operatorKeyId" IS DISTINCT FROM NEW."operatorKeyId"
          OR OLD."adminKeyFingerprint" IS DISTINCT FROM NEW."adminKeyFingerprint")
        EXECUTE FUNCTION "announceOperatorChange"()`);
    await queryRunner.query(`
      CREATE UNLOGGED TABLE "OperatorSignInCode" (
        "hash" text NOT NULL,
        "operatorKeyId" text,
        "adminKeyFingerprint" text,
        "expiresAt" timestamptz(3) NOT NULL,
        CONSTRAINT "PK_OperatorSignInCode" PRIMARY KEY ("hash"),
        CONSTRAINT "FK_OperatorSignInCode_operatorKeyId" FOREIGN KEY ("operatorKeyId") REFERENCES "OperatorKey"("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(
      `CREATE INDEX "IX_OperatorSignInCode_operatorKeyId" ON "OperatorSignInCode" ("operatorKeyId")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "OperatorSignInCode"`);
    await queryRunner.query(`DROP TABLE "OperatorSession"`);
  }
}
