import { createDataSource } from '#libs/database/data-source.js';
import { entities } from '#registry/entities.js';

export interface SchemaDifference {
  /** Statements that change a migrated database to the schema of the entities. */
  readonly up: readonly string[];
  /** Statements that undo them. */
  readonly down: readonly string[];
}

/** Compares the entities with the schema of a migrated database, without changing it. */
export async function schemaDifferences(url: string): Promise<SchemaDifference> {
  const dataSource = createDataSource(
    { url, maxConnections: 2, onConnectionError: () => undefined },
    entities,
  );
  await dataSource.initialize();
  try {
    const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
    return { up: upQueries.map(({ query }) => query), down: downQueries.map(({ query }) => query).reverse() };
  } finally {
    await dataSource.destroy();
  }
}
