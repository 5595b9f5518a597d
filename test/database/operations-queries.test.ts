import { readFile } from 'node:fs/promises';
import { createApplication, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { startApp, type TestApp } from '../support/start-app.js';

const OPERATIONS = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
/** What each query answers, in the words that stand before it, and the query. */
const QUERIES = [...OPERATIONS.matchAll(/^(.+)\n\n```sql\n((?:SELECT|WITH)\b[^]*?);\n```$/gm)].map(
  ([, question = '', sql = '']) => [question, sql] as const,
);
const BLOCKS = OPERATIONS.match(/^```sql\n(?=SELECT|WITH)/gm);

/** What this database has none of: refusals, old keys, long transactions, waiting ones, that very request. */
const FINDS_NOTHING = /credentials\.refused|90 days|1 minute|pg_blocking_pids|"requestId" =/;

describe('the queries of docs/operations.md', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createApplication(app, { name: 'Orders', healthCheckUrl: 'https://orders.example.com/health' });
    await issueKey(app, 'orders', 'production', { expiresInDays: 7 });
    await app.database.query(
      `INSERT INTO "HealthCheckLog" ("targetId", "applicationId", "checkedAt", "status", "responseTime", "message")
       SELECT "id", "applicationId", now(), 'FAILURE', 0.5, 'HTTP 500' FROM "HealthTarget" LIMIT 1`,
    );
  });
  afterAll(() => app.close());

  it('are all tried below', () => {
    expect(QUERIES).toHaveLength(BLOCKS?.length ?? 0);
  });

  it.each(QUERIES)('%s', async (_question, sql) => {
    const rows = await app.database.query(sql);
    if (!FINDS_NOTHING.test(sql)) expect(rows.length).toBeGreaterThan(0);
  });
});
