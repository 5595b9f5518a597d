import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** Ends every connection to the database and lets no new one in for as long as `work` lasts. */
export async function duringOutage(database: TestDatabase, work: () => Promise<void>): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  const cluster = new pg.Client(process.env.TEST_CLUSTER_URL);
  await cluster.connect();
  try {
    await cluster.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await cluster.query('SELECT pg_terminate_backend("pid") FROM pg_stat_activity WHERE "datname" = $1', [
      name,
    ]);
    await work();
  } finally {
    await cluster.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await cluster.end();
  }
}
