import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AnnounceAuditEntries1763798400040 implements MigrationInterface {
  readonly name = 'AnnounceAuditEntries1763798400040';

  async up(queryRunner: QueryRunner): Promise<void> {
    // A payload may have 7999 bytes. Imports write thousands of entries in a statement: they are announced as one.
    await queryRunner.query(`
      CREATE FUNCTION "announceAuditEntries"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT count(*) FROM (SELECT FROM written LIMIT 101) w) > 100 THEN
          PERFORM pg_notify('mcp_registry_audit', '*');
        ELSE
          PERFORM pg_notify('mcp_registry_audit', CASE WHEN octet_length(w."entry") <= 7000 THEN w."entry" ELSE '*' END)
          FROM (SELECT json_build_array("id", "appKey", "environment")::text AS "entry" FROM written) w;
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "announceEntries" AFTER INSERT ON "AuditLog" REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION "announceAuditEntries"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "announceEntries" ON "AuditLog"`);
    await queryRunner.query(`DROP FUNCTION "announceAuditEntries"()`);
  }
}
