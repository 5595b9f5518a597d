import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of a row answers depend on: what was announced before, and the new columns. */
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
};
const ADDED = { Application: ['owner'], Environment: ['security', 'customPrompt'] };

export class SecureEnvironments1763798400023 implements MigrationInterface {
  readonly name = 'SecureEnvironments1763798400023';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "Environment" ADD COLUMN "security" jsonb, ADD COLUMN "customPrompt" text`,
    );
    for (const table of ['Application', 'Environment'] as const) {
      await announceUpdates(queryRunner, table, [...WATCHED[table], ...ADDED[table]]);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['Application', 'Environment'] as const) {
      await announceUpdates(queryRunner, table, WATCHED[table]);
    }
    await queryRunner.query(`ALTER TABLE "Environment" DROP COLUMN "security", DROP COLUMN "customPrompt"`);
  }
}

async function announceUpdates(
  queryRunner: QueryRunner,
  table: keyof typeof WATCHED,
  columns: readonly string[],
): Promise<void> {
  const changed = columns.map((column) => `OLD."${column}" IS DISTINCT FROM NEW."${column}"`).join(' OR ');
  await queryRunner.query(`DROP TRIGGER "announceUpdate" ON "${table}"`);
  await queryRunner.query(`
    CREATE TRIGGER "announceUpdate" AFTER UPDATE ON "${table}"
      FOR EACH ROW WHEN (${changed}) EXECUTE FUNCTION "announce${table}Change"()`);
}
