import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddApplicationOwner1763798400021 implements MigrationInterface {
  readonly name = 'AddApplicationOwner1763798400021';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "Application" ADD COLUMN "owner" text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "Application" DROP COLUMN "owner"`);
  }
}
