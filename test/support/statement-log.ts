import { DataSource } from 'typeorm';
import type { TestApp } from './start-app.js';

/** The SQL statements the service sends while `work` runs, transaction control included. */
export async function statementsDuring(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  const dataSource = app.nest.get(DataSource);
  const before = dataSource.logger;
  const statements: string[] = [];
  const ignore = (): void => undefined;
  dataSource.logger = {
    logQuery: (sql: string) => void statements.push(sql),
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
  try {
    await work();
  } finally {
    dataSource.logger = before;
  }
  return statements;
}
