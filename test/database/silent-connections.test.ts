import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#libs/database/data-source.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
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
