import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AliasRenamedApplications1763798400030 implements MigrationInterface {
  readonly name = 'AliasRenamedApplications1763798400030';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "AppKeyAlias" (
        "appKey" text NOT NULL,
        "applicationId" text NOT NULL,
        "createdAt" timestamptz(3) NOT NULL,
        "expiresAt" timestamptz(3) NOT NULL,
        CONSTRAINT "PK_AppKeyAlias" PRIMARY KEY ("appKey"),
        CONSTRAINT "FK_AppKeyAlias_applicationId" FOREIGN KEY ("applicationId")
          REFERENCES "Application" ("id") ON DELETE CASCADE
      )`);
    await queryRunner.query(`CREATE INDEX "IX_AppKeyAlias_applicationId" ON "AppKeyAlias" ("applicationId")`);
    // All aliases are one value of the caches: what one of them means depends on the app key of its application, too.
    await queryRunner.query(`
      CREATE FUNCTION "announceAppKeyAliasChange"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM "announceChange"('@aliases');
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "announceChange" AFTER INSERT OR UPDATE OR DELETE ON "AppKeyAlias"
        FOR EACH ROW EXECUTE FUNCTION "announceAppKeyAliasChange"()`);
    await queryRunner.query(`
      CREATE TRIGGER "announceTruncation" AFTER TRUNCATE ON "AppKeyAlias"
        FOR EACH STATEMENT EXECUTE FUNCTION "announceAppKeyAliasChange"()`);
    await queryRunner.query(`
      CREATE TRIGGER "announceRename" AFTER UPDATE OF "appKey" ON "Application"
        FOR EACH ROW WHEN (OLD."appKey" IS DISTINCT FROM NEW."appKey") EXECUTE FUNCTION "announceAppKeyAliasChange"()`);
    // Whatever writes an application, a process of the version before included: no app key means two of them. The row is in
    // the unique index by now, so that a rename which left this app key has ended, and its alias is seen.
    await queryRunner.query(`
      CREATE FUNCTION "takeAppKey"() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM "AppKeyAlias" WHERE "appKey" = NEW."appKey" AND "applicationId" <> NEW."id"
                   AND "expiresAt" > statement_timestamp()) THEN
          RAISE unique_violation USING MESSAGE = 'The app key is an alias of another application',
            CONSTRAINT = 'PK_AppKeyAlias', TABLE = 'AppKeyAlias';
        END IF;
        DELETE FROM "AppKeyAlias" WHERE "appKey" = NEW."appKey";
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "takeAppKey" AFTER INSERT ON "Application"
        FOR EACH ROW EXECUTE FUNCTION "takeAppKey"()`);
    await queryRunner.query(`
      CREATE TRIGGER "takeOtherAppKey" AFTER UPDATE OF "appKey" ON "Application"
        FOR EACH ROW WHEN (OLD."appKey" IS DISTINCT FROM NEW."appKey") EXECUTE FUNCTION "takeAppKey"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const trigger of ['takeOtherAppKey', 'takeAppKey', 'announceRename']) {
      await queryRunner.query(`DROP TRIGGER "${trigger}" ON "Application"`);
    }
    await queryRunner.query(`DROP TABLE "AppKeyAlias"`);
    await queryRunner.query(`DROP FUNCTION "takeAppKey"()`);
    await queryRunner.query(`DROP FUNCTION "announceAppKeyAliasChange"()`);
  }
}
