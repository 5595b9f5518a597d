import { createDataSource } from './data-source.js';
import type { MigrationClass } from './run-migrations.js';

/** The names of the migrations the database still needs, oldest first. Changes nothing. */
export async function pendingMigrations(
  url: string,
  migrations: readonly MigrationClass[],
): Promise<string[]> {
  const dataSource = createDataSource({ url, maxConnections: 1, onConnectionError: () => undefined }, []);
  await dataSource.initialize();
  try {
    const [table] = await dataSource.query<{ exists: boolean }[]>(
      `SELECT to_regclass('"migrations"') IS NOT NULL AS "exists"`,
    );
    const rows = table?.exists
      ? await dataSource.query<{ name: string }[]>('SELECT "name" FROM "migrations"')
      : [];
    const applied = new Set(rows.map(({ name }) => name));
    return migrations.map((migration) => migration.name).filter((name) => !applied.has(name));
  } finally {
    await dataSource.destroy();
  }
}
