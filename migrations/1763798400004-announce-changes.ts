import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of a row answers depend on; a change of anything else (a probe, a use of a key) is not announced. */
const WATCHED = {
  Application: [
    'name',
    'description',
    'appKey',
    'status',
    'authenticationMethod',
    'healthCheckUrl',
    'healthStatus',
    'createdAt',
    'updatedAt',
  ],
  Environment: [
    'name',
    'description',
    'baseDomain',
    'status',
    'healthStatus',
    'healthStatusChangedAt',
    'applicationId',
    'createdAt',
    'updatedAt',
  ],
  ApiKey: ['selector', 'hashedKey', 'isActive', 'expiresAt', 'environmentId'],
};

export class AnnounceChanges1763798400004 implements MigrationInterface {
  readonly name = 'AnnounceChanges1763798400004';

  async up(queryRunner: QueryRunner): Promise<void> {
    // A payload may have 7999 bytes; a longer app key than the API takes can come from psql only, and means all of them.
    await queryRunner.query(`
      CREATE FUNCTION "announceChange"("appKey" text) RETURNS void LANGUAGE sql AS $$
        SELECT pg_notify('mcp_registry_changes', CASE WHEN octet_length("appKey") <= 1000 THEN "appKey" ELSE '*' END)
      $$`);
    await queryRunner.query(`
      CREATE FUNCTION "announceApplicationChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN PERFORM "announceChange"(OLD."appKey"); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM "announceChange"(NEW."appKey"); END IF;
        RETURN NULL;
      END $$`);
    // The application of a deleted row may be gone, too: then its own deletion announces it.
    await queryRunner.query(`
      CREATE FUNCTION "announceEnvironmentChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"("appKey") FROM "Application"
        WHERE "id" = CASE WHEN TG_OP <> 'INSERT' THEN OLD."applicationId" END
           OR "id" = CASE WHEN TG_OP <> 'DELETE' THEN NEW."applicationId" END;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION "announceApiKeyChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"(a."appKey") FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId"
        WHERE e."id" = CASE WHEN TG_OP <> 'INSERT' THEN OLD."environmentId" END
           OR e."id" = CASE WHEN TG_OP <> 'DELETE' THEN NEW."environmentId" END;
        RETURN NULL;
      END $$`);
    for (const [table, columns] of Object.entries(WATCHED)) {
      const changed = columns
        .map((column) => `OLD."${column}" IS DISTINCT FROM NEW."${column}"`)
        .join(' OR ');
      await queryRunner.query(`
        CREATE TRIGGER "announceChange" AFTER INSERT OR DELETE ON "${table}"
          FOR EACH ROW EXECUTE FUNCTION "announce${table}Change"()`);
      await queryRunner.query(`
        CREATE TRIGGER "announceUpdate" AFTER UPDATE ON "${table}"
          FOR EACH ROW WHEN (${changed}) EXECUTE FUNCTION "announce${table}Change"()`);
    }
    // Thousands of endpoints change in one statement, which is announced once.
    await queryRunner.query(`
      CREATE FUNCTION "announceEndpointChanges"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"(a."appKey")
        FROM (SELECT DISTINCT "environmentId" FROM changed) c
        JOIN "Environment" e ON e."id" = c."environmentId" JOIN "Application" a ON a."id" = e."applicationId";
        RETURN NULL;
      END $$`);
    for (const [event, transition] of [
      ['Insert', 'NEW TABLE AS changed'],
      ['Update', 'NEW TABLE AS changed'],
      ['Delete', 'OLD TABLE AS changed'],
    ]) {
      await queryRunner.query(`
        CREATE TRIGGER "announce${event}" AFTER ${event} ON "Endpoint" REFERENCING ${transition}
          FOR EACH STATEMENT EXECUTE FUNCTION "announceEndpointChanges"()`);
    }
    // Transition tables show an endpoint moved to another environment in its new one only.
    await queryRunner.query(`
      CREATE FUNCTION "announceMovedEndpoint"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"(a."appKey") FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId"
        WHERE e."id" = OLD."environmentId";
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "announceMove" AFTER UPDATE OF "environmentId" ON "Endpoint"
        FOR EACH ROW EXECUTE FUNCTION "announceMovedEndpoint"()`);
    await queryRunner.query(`
      CREATE FUNCTION "announceTruncation"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"('*');
        RETURN NULL;
      END $$`);
    for (const table of [...Object.keys(WATCHED), 'Endpoint']) {
      await queryRunner.query(`
        CREATE TRIGGER "announceTruncation" AFTER TRUNCATE ON "${table}"
          FOR EACH STATEMENT EXECUTE FUNCTION "announceTruncation"()`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of Object.keys(WATCHED)) {
      await queryRunner.query(`DROP TRIGGER "announceChange" ON "${table}"`);
      await queryRunner.query(`DROP TRIGGER "announceUpdate" ON "${table}"`);
      await queryRunner.query(`DROP FUNCTION "announce${table}Change"()`);
    }
    for (const trigger of ['announceInsert', 'announceUpdate', 'announceDelete', 'announceMove']) {
      await queryRunner.query(`DROP TRIGGER "${trigger}" ON "Endpoint"`);
    }
    for (const table of [...Object.keys(WATCHED), 'Endpoint']) {
      await queryRunner.query(`DROP TRIGGER "announceTruncation" ON "${table}"`);
    }
    for (const signature of [
      'announceEndpointChanges"()',
      'announceMovedEndpoint"()',
      'announceTruncation"()',
      'announceChange"(text)',
    ]) {
      await queryRunner.query(`DROP FUNCTION "${signature}`);
    }
  }
}
