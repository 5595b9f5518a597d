import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CompleteEndpoints1763798400007 implements MigrationInterface {
  readonly name = 'CompleteEndpoints1763798400007';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Constant defaults: PostgreSQL rewrites no row, and processes of the earlier version go on inserting.
    await queryRunner.query(`
      ALTER TABLE "Endpoint"
        ADD COLUMN "operationId" text,
        ADD COLUMN "tags" json,
        ADD COLUMN "deprecated" boolean NOT NULL DEFAULT false,
        ADD COLUMN "headerParams" json,
        ADD COLUMN "cookieParams" json,
        ADD COLUMN "parameterStyles" json,
        ADD COLUMN "requestBodyRequired" boolean NOT NULL DEFAULT false,
        ADD COLUMN "responseContentType" text,
        ADD COLUMN "baseUrl" text,
        ADD COLUMN "keywords" json`);
    await queryRunner.query(`
      ALTER TABLE "Endpoint" ADD CONSTRAINT "UQ_Endpoint_environmentId_operationId"
        UNIQUE ("environmentId", "operationId") DEFERRABLE INITIALLY DEFERRED`);
    await queryRunner.query(`
      CREATE TABLE "Definition" (
        "environmentId" text NOT NULL,
        "name" text NOT NULL,
        "schema" json NOT NULL,
        CONSTRAINT "PK_Definition" PRIMARY KEY ("environmentId", "name"),
        CONSTRAINT "FK_Definition_environmentId" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE
      )`);
    for (const [event, transition] of [
      ['Insert', 'NEW TABLE AS changed'],
      ['Update', 'NEW TABLE AS changed'],
      ['Delete', 'OLD TABLE AS changed'],
    ]) {
      await queryRunner.query(`
        CREATE TRIGGER "announce${event}" AFTER ${event} ON "Definition" REFERENCING ${transition}
          FOR EACH STATEMENT EXECUTE FUNCTION "announceEndpointChanges"()`);
    }
    await queryRunner.query(`
      CREATE TRIGGER "announceTruncation" AFTER TRUNCATE ON "Definition"
        FOR EACH STATEMENT EXECUTE FUNCTION "announceTruncation"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "Definition"`);
    await queryRunner.query(`
      ALTER TABLE "Endpoint" DROP CONSTRAINT "UQ_Endpoint_environmentId_operationId",
        DROP COLUMN "operationId", DROP COLUMN "tags", DROP COLUMN "deprecated", DROP COLUMN "headerParams",
        DROP COLUMN "cookieParams", DROP COLUMN "parameterStyles", DROP COLUMN "requestBodyRequired",
        DROP COLUMN "responseContentType", DROP COLUMN "baseUrl", DROP COLUMN "keywords"`);
  }
}
