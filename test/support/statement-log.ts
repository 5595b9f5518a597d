import { DataSource, type Logger } from 'typeorm';
import type { TestApp } from './start-app.js';

/** Collects the SQL the service sends while `work` runs, transaction control included. */
export async function statementsOf(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
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
