import pg from 'pg';
import { startScratchPostgres } from '#dev/scratch-postgres.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';

/** The PostgreSQL of one test run: every test file clones its own database from the migrated template. */
export interface TestCluster {
  readonly url: string;
  readonly template: string;
  stop(): Promise<void>;
}

/** Uses `TEST_DATABASE_URL` when it is set, otherwise an embedded server in a temporary folder. */
export async function startTestCluster(): Promise<TestCluster> {
  const external = process.env.TEST_DATABASE_URL;
  if (external !== undefined && external !== '') return prepared(external, () => Promise.resolve());
  const server = await startScratchPostgres();
  return prepared(server.url, () => server.stop());
}

async function prepared(url: string, stopServer: () => Promise<void>): Promise<TestCluster> {
  const template = `registry_template_${process.pid}`;
  await execute(url, `DROP DATABASE IF EXISTS "${template}"`);
  await execute(url, `CREATE DATABASE "${template}"`);
  await runMigrations(withDatabase(url, template), migrations);
  return {
    url,
    template,
    stop: async () => {
      await execute(url, `DROP DATABASE IF EXISTS "${template}"`);
      await stopServer();
    },
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
