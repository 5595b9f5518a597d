import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { execute, withDatabase } from './test-cluster.js';

/** A database of a test file's own, as the migrations leave it. */
export interface TestDatabase {
  readonly url: string;
  /** Rows of a statement, run outside the service. */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
  drop(): Promise<void>;
}

/** @param options.migrated false: an empty database */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const { TEST_CLUSTER_URL: cluster = '', TEST_CLUSTER_TEMPLATE: template = '' } = process.env;
  const name = `registry_test_${randomBytes(6).toString('hex')}`;
  // Copies files: less than half of what it costs to log every page of the template.
  await execute(
    cluster,
    `CREATE DATABASE "${name}" TEMPLATE "${migrated ? template : 'template0'}" STRATEGY FILE_COPY`,
  );
  const url = withDatabase(cluster, name);
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined);
  return {
    url,
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await pool.query<Row>(sql, [...parameters])).rows,
    drop: async () => {
      await pool.end();
      await execute(cluster, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
}
