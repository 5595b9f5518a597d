import { DataSource, type Logger } from 'typeorm';
import { SearchIndex } from '#registry/search/search-index.js';
import { periodicJobsOf } from './intervals.js';
import type { TestApp } from './start-app.js';

/**
 * Collects the SQL the service sends for `work` while it runs, transaction control included. Its background jobs end for
 * good: their statements would be among those.
 */
export async function statementsOf(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  await Promise.all(periodicJobsOf(app.nest).map((job) => job.pause()));
  const index = app.nest.get(SearchIndex, { strict: false });
  index.onApplicationShutdown();
  await index.upToDate();
  const dataSource = app.nest.get(DataSource);
  const usual = dataSource.logger;
  const statements: string[] = [];
  const recording: Partial<Logger> = {
    logQuery: (statement) => {
      statements.push(statement);
    },
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    log: () => undefined,
  };
  dataSource.logger = recording as Logger;
  try {
    await work();
  } finally {
    dataSource.logger = usual;
  }
  return statements;
}

/**
 * The statements of the transaction in which `work` changes something, BEGIN and COMMIT left out. What is read before,
 * to know the key, depends on when this process hears of the change before.
 */
export async function statementsOfChange(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  const statements = await statementsOf(app, work);
  return statements.slice(statements.indexOf('START TRANSACTION') + 1, statements.indexOf('COMMIT'));
}
