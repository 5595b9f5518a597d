import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditUsage1763798400006 implements MigrationInterface {
  readonly name = 'CreateAuditUsage1763798400006';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Updated by every change of an application: room on the page lets the update stay there.
    await queryRunner.query(`
      CREATE TABLE "AuditUsage" (
        "applicationId" text NOT NULL,
        "hour" integer NOT NULL,
        "bytes" bigint NOT NULL,
        CONSTRAINT "PK_AuditUsage" PRIMARY KEY ("applicationId")
      ) WITH (fillfactor = 50)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "AuditUsage"`);
  }
}
