import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MarkImportedRows1763798400024 implements MigrationInterface {
  readonly name = 'MarkImportedRows1763798400024';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "Application" ADD COLUMN "importedAt" timestamptz(3)`);
    await queryRunner.query(
      `ALTER TABLE "Environment"
         ADD COLUMN "importedAt" timestamptz(3), ADD COLUMN "endpointsImportedAt" timestamptz(3)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "Environment" DROP COLUMN "importedAt", DROP COLUMN "endpointsImportedAt"`,
    );
    await queryRunner.query(`ALTER TABLE "Application" DROP COLUMN "importedAt"`);
  }
}
