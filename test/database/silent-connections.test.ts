import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#libs/database/data-source.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { eventually } from '../support/eventually.js';
import { afterEach, beforeEach, describe, expect, it } from '../support/jest.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const CONNECTIONS = 3;

describe('connections whose other end vanished without a word', () => {
  let database: TestDatabase;
  let line: SeverableLine;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    line = await severableLine(database.url);
    dataSource = createDataSource(
      {
        url: line.url,
        maxConnections: CONNECTIONS,
        onConnectionError: () => undefined,
        statementTimeoutMs: 200,
      },
      [],
    );
    await dataSource.initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await line.close();
    await database.drop();
  });

  const askAtOnce = (): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: CONNECTIONS }, () => dataSource.query('SELECT pg_sleep(0.05), 1 AS one')),
    );

  it('are given up: what waits on them is told the database is away, and the pool is whole again', async () => {
    await askAtOnce();
    await line.strand();
    const lost = await askAtOnce();
    for (const outcome of lost) {
      expect(outcome.status).toBe('rejected');
      expect(translateDatabaseError((outcome as PromiseRejectedResult).reason)).toMatchObject({
        status: 503,
      });
    }
    const found = await askAtOnce();
    expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });
});

describe('connections the server ends', () => {
  let database: TestDatabase;
  let line: SeverableLine;
  let dataSource: DataSource;
  let told: Error[];

  beforeEach(async () => {
    database = await createTestDatabase();
    line = await severableLine(database.url);
    told = [];
    dataSource = createDataSource(
      { url: line.url, maxConnections: 1, onConnectionError: (error) => told.push(error) },
      [],
    );
    await dataSource.initialize();
  });
  afterEach(async () => {
    await line.close();
    await database.drop();
  });

  async function terminate(): Promise<void> {
    const ours = `FROM pg_stat_activity WHERE "datname" = current_database() AND "application_name" = 'mcp-registry'`;
    await database.query(`SELECT pg_terminate_backend("pid") ${ours}`);
    await eventually(async () => (await database.query(`SELECT ${ours}`)).length === 0);
  }

  it('are told while they are in use', async () => {
    await terminate();
    await eventually(() => told.length === 1);
    expect(told[0]?.message).toBe('terminating connection due to administrator command');
    await dataSource.destroy();
  });

  it('are no news when they were being left already', async () => {
    const { master: pool } = dataSource.driver as unknown as { master: pg.Pool };
    await line.stall();
    const closed = new Promise((resolve) => pool.once('remove', resolve));
    await dataSource.destroy();
    await terminate();
    await line.mend();
    await closed;
    expect(told).toEqual([]);
  });
});
