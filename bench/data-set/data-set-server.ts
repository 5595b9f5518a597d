import pg from 'pg';
import { type ScratchPostgres, startScratchPostgres } from '#dev/scratch-postgres.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { insertDataSet } from './data-set.js';

const TEMPLATE = 'data_set';

/**
 * The PostgreSQL of all benchmarks, started with the first. It does not wait for the disk on either side: a slow disk
 * would improve every ratio.
 */
export class DataSetServer {
  private started: Promise<ScratchPostgres> | undefined;
  private copies = 0;

  /** URL of a new database that contains only the data set. */
  async copy(): Promise<string> {
    this.started ??= start();
    const { url } = await this.started;
    const name = `copy_${++this.copies}`;
    await execute(url, `CREATE DATABASE "${name}" TEMPLATE "${TEMPLATE}"`);
    return withDatabase(url, name);
  }

  /** Drops an unused database that {@link copy} returned. */
  async drop(copy: string): Promise<void> {
    const { url } = (await this.started) ?? {};
    if (url !== undefined) await execute(url, `DROP DATABASE "${new URL(copy).pathname.slice(1)}"`);
  }

  async stop(): Promise<void> {
    const started = await this.started?.catch(() => undefined);
    await started?.stop();
  }
}

async function start(): Promise<ScratchPostgres> {
  const server = await startScratchPostgres();
  try {
    await execute(server.url, `CREATE DATABASE "${TEMPLATE}"`);
    const template = withDatabase(server.url, TEMPLATE);
    await runMigrations(template, migrations);
    await insertDataSet(template);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function withDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = name;
  return result.href;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
