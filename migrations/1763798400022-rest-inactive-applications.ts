import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RestInactiveApplications1763798400022 implements MigrationInterface {
  readonly name = 'RestInactiveApplications1763798400022';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Due at once: the schedule finds nothing to probe while it is INACTIVE, and probes it again when it is ACTIVE.
    await queryRunner.query(`
      CREATE TRIGGER "restOrWakeHealthTargets" AFTER UPDATE OF "status" ON "Application"
        FOR EACH ROW WHEN (OLD."status" IS DISTINCT FROM NEW."status")
        EXECUTE FUNCTION "beginHealthTargetAnew"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "restOrWakeHealthTargets" ON "Application"`);
  }
}
