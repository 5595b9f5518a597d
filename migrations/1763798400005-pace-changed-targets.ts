import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PaceChangedTargets1763798400005 implements MigrationInterface {
  readonly name = 'PaceChangedTargets1763798400005';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Not reset by the triggers that start a target over, so that a change brings no probe sooner.
    await queryRunner.query(`ALTER TABLE "HealthTarget" ADD COLUMN "probedAt" timestamptz(3)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "HealthTarget" DROP COLUMN "probedAt"`);
  }
}
