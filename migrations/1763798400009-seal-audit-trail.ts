import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of an entry is digested, in this order; see `entry-digest.ts` as it was then. */
const DIGESTED = [
  ...['id', 'action', 'actor', 'apiKeyId', 'operatorId', 'operatorName', 'via', 'sessionId', 'appKey'],
  ...['applicationId', 'environment', 'environmentId', 'resourceType', 'resourceId', 'before', 'after'],
  ...['reason', 'occurrences', 'ipAddress', 'userAgent', 'requestId'],
];

const VALUES = DIGESTED.map(
  (column) => `coalesce(octet_length(e."${column}"::text) || ':' || e."${column}"::text, '-')`,
).join(' || ');

const sha256 = (text: string): string => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

export class SealAuditTrail1763798400009 implements MigrationInterface {
  readonly name = 'SealAuditTrail1763798400009';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "AuditSeal" (
        "entryId" text NOT NULL,
        "mac" text,
        "number" bigint,
        "hash" text,
        "isRefused" boolean NOT NULL DEFAULT false,
        CONSTRAINT "PK_AuditSeal" PRIMARY KEY ("entryId"),
        CONSTRAINT "UQ_AuditSeal_number" UNIQUE ("number")
      )`);
    await queryRunner.query(`
      CREATE INDEX "IX_AuditSeal_unsealed" ON "AuditSeal" ("entryId")
        WHERE (("number" IS NULL) AND (NOT "isRefused"))`);
    await queryRunner.query(`
      CREATE TABLE "AuditHead" (
        "id" smallint NOT NULL,
        "number" bigint NOT NULL,
        "hash" text NOT NULL,
        "adoptedUntil" bigint NOT NULL,
        "sealedAt" timestamptz(3),
        "signature" text,
        CONSTRAINT "PK_AuditHead" PRIMARY KEY ("id"),
        CONSTRAINT "CK_AuditHead_one" CHECK ("id" = 1)
      )`);
    await queryRunner.query(`
      CREATE TABLE "AuditAnchor" (
        "firstNumber" bigint NOT NULL,
        "lastNumber" bigint NOT NULL,
        "priorHash" text NOT NULL,
        "lastHash" text NOT NULL,
        "signature" text NOT NULL,
        CONSTRAINT "PK_AuditAnchor" PRIMARY KEY ("firstNumber")
      )`);
    // Entries from before have no MAC; the chain covers them all the same.
    await queryRunner.query(`
      DO $$
      DECLARE
        e "AuditLog";
        last_number bigint := 0;
        last_hash text := repeat('0', 64);
        digest text;
      BEGIN
        FOR e IN SELECT * FROM "AuditLog" ORDER BY "createdAt", "id" LOOP
          last_number := last_number + 1;
          digest := ${sha256(
            `${sha256(VALUES)} || ':' || round(date_part('epoch', e."createdAt") * 1000)::bigint::text || ':-'`,
          )};
          last_hash := ${sha256(`last_hash || ':' || last_number || ':' || digest`)};
          INSERT INTO "AuditSeal" ("entryId", "number", "hash") VALUES (e."id", last_number, last_hash);
        END LOOP;
        INSERT INTO "AuditHead" ("id", "number", "hash", "adoptedUntil") VALUES (1, last_number, last_hash, last_number);
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION "refuseAuditSealChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_setting('mcp_registry.audit_retention', true) = 'on' THEN
          RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD."number" IS NULL AND NEW."entryId" = OLD."entryId"
            AND NEW."mac" IS NOT DISTINCT FROM OLD."mac" THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only: % on "AuditSeal" is refused', TG_OP
          USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "refuseAuditSealRowChange" BEFORE UPDATE OR DELETE ON "AuditSeal"
        FOR EACH ROW EXECUTE FUNCTION "refuseAuditSealChange"()`);
    await queryRunner.query(`
      CREATE TRIGGER "refuseAuditSealTruncate" BEFORE TRUNCATE ON "AuditSeal"
        FOR EACH STATEMENT EXECUTE FUNCTION "refuseAuditSealChange"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['AuditAnchor', 'AuditHead', 'AuditSeal'])
      await queryRunner.query(`DROP TABLE "${table}"`);
    await queryRunner.query(`DROP FUNCTION "refuseAuditSealChange"()`);
  }
}
