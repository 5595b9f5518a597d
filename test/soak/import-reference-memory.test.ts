import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createReferenceDatabase, insertRows } from '../support/reference-database.js';
import { runImport, summaryOf } from '../support/run-import.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ENDPOINTS = 5000;
const CHECKS = 100_000;
const ENTRIES = 5000;
/** In MiB: hardly more than the program itself takes, so that no history may pile up in memory. */
const SMALL_HEAP = '--max-old-space-size=80';

describe('import reference in a small heap', () => {
  let source: TestDatabase;
  let target: TestDatabase;

  beforeAll(async () => {
    source = await createReferenceDatabase();
    target = await createTestDatabase();
    await insertRows(source, 'applications', { id: 'app', name: 'Orders', appKey: 'orders' });
    await insertRows(source, 'environments', { id: 'env', name: 'production', applicationId: 'app' });
    await source.query(
      `INSERT INTO endpoints (id, name, path, method, "requestBody", "applicationId", "environmentId")
       SELECT 'endpoint-' || n, 'Operation ' || n, '/operations/' || n, 'POST', '{"n": ' || n || '}', 'app', 'env'
       FROM generate_series(1, $1::integer) n`,
      [ENDPOINTS],
    );
    await source.query(
      `INSERT INTO health_check_logs (id, "applicationId", status, "statusCode", "responseTime", message, "createdAt")
       SELECT 'check-' || n, 'app', 'success', 200, 0.25, repeat('Health check successful ', 100),
              (now() AT TIME ZONE 'UTC') - n * interval '10 seconds'
       FROM generate_series(1, $1::integer) n`,
      [CHECKS],
    );
    await source.query(
      `INSERT INTO audit_logs (id, action, details, "createdAt", "applicationId")
       SELECT 'entry-' || n, 'UPDATED', repeat('details ', 1000), '2024-01-01', 'app' FROM generate_series(1, $1::integer) n`,
      [ENTRIES],
    );
  }, 120_000);
  afterAll(async () => {
    await target.drop();
    await source.drop();
  });

  it.each(['added', 'unchanged'])('has all of a long history %s', async (outcome) => {
    const result = await runImport(['reference', '-', '--json'], {
      databaseUrl: target.url,
      sourceUrl: source.url,
      env: { NODE_OPTIONS: SMALL_HEAP },
      ownProcess: true,
    });
    expect(result.code).toBe(0);
    expect(summaryOf(result).summary).toMatchObject({
      endpoints: { [outcome]: ENDPOINTS },
      healthChecks: { [outcome]: CHECKS },
      auditEntries: { [outcome]: ENTRIES },
    });
  });
});
