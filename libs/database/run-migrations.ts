import { ADVISORY_LOCKS } from './advisory-locks.js';
import { createDataSource } from './data-source.js';

export type MigrationClass = new () => {
  up(queryRunner: never): Promise<void>;
  down(queryRunner: never): Promise<void>;
};

/**
 * Brings the schema up to date, each migration in a transaction of its own. Replicas that start at once wait
 * for each other on an advisory lock; the later ones find nothing left to do.
 *
 * @returns the names of the migrations that were applied
 */
export async function runMigrations(url: string, migrations: readonly MigrationClass[]): Promise<string[]> {
  const dataSource = createDataSource(
    // A migration takes as long as its table is large, and so does waiting for another replica's.
    { url, maxConnections: 2, onConnectionError: () => undefined, statementTimeoutMs: 0 },
    [],
    [...migrations],
  );
  await dataSource.initialize();
  try {
    const lock = dataSource.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.migrations]);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      await lock.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCKS.migrations]);
      return applied.map(({ name }) => name);
    } finally {
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

/**
 * What `runMigrations` would apply. Only reads: where no migration ever ran, there is no table of them either.
 *
 * @returns the names, oldest first
 */
export async function pendingMigrations(
  url: string,
  migrations: readonly MigrationClass[],
): Promise<string[]> {
  const dataSource = createDataSource({ url, maxConnections: 1, onConnectionError: () => undefined }, []);
  await dataSource.initialize();
  try {
    const [table] = await dataSource.query<{ exists: boolean }[]>(
      `SELECT to_regclass('migrations') IS NOT NULL AS "exists"`,
    );
    const applied = table?.exists
      ? await dataSource.query<{ name: string }[]>('SELECT "name" FROM "migrations"')
      : [];
    const names = new Set(applied.map(({ name }) => name));
    return migrations.map(({ name }) => name).filter((name) => !names.has(name));
  } finally {
    await dataSource.destroy();
  }
}
