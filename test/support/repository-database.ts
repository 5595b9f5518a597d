import { createDataSource } from '#libs/database/data-source.js';
import { Database } from '#libs/database/database.js';
import { entities } from '#registry/entities.js';
import { type HeldRows, holdRows } from './held-rows.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** A migrated database of its own and the way repositories go to it, without the rest of the service. */
export interface RepositoryDatabase {
  readonly database: Database;
  /** Statements from outside: other connections, other transactions. */
  readonly outside: TestDatabase;
  /** As {@link holdRows}, of this database. */
  holdRows(sql: string): Promise<HeldRows>;
  close(): Promise<void>;
}

export async function openRepositoryDatabase(): Promise<RepositoryDatabase> {
  const outside = await createTestDatabase();
  const dataSource = createDataSource(
    { url: outside.url, maxConnections: 5, onConnectionError: () => undefined },
    entities,
  );
  await dataSource.initialize();
  return {
    database: new Database(dataSource),
    outside,
    holdRows: (sql) => holdRows(outside.url, sql),
    close: async () => {
      await dataSource.destroy();
      await outside.drop();
    },
  };
}

/** The ids among these rows of a table that no other transaction has locked. */
export async function unlockedIds(
  outside: TestDatabase,
  table: string,
  strength: 'UPDATE' | 'KEY SHARE' = 'UPDATE',
): Promise<string[]> {
  const rows = await outside.query<{ id: string }>(
    `SELECT "id" FROM "${table}" ORDER BY "id" FOR ${strength} SKIP LOCKED`,
  );
  return rows.map(({ id }) => id);
}
