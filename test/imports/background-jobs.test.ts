import { openRegistryDatabase } from '#cli/import/registry-database.js';
import { loadConfig } from '#libs/config/load-config.js';
import { eventually } from '../support/eventually.js';
import { periodicJobsOf } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createReferenceDatabase } from '../support/reference-database.js';
import { runImport } from '../support/run-import.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { startApp } from '../support/start-app.js';
import { everyTable } from '../support/table-text.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

describe('background jobs', () => {
  let database: TestDatabase;
  const retention = { AUDIT_RETENTION_DAYS: '30' };

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(
      `INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "resourceType")
       SELECT 'old-' || n, now() - interval '90 days', 'application.updated', 'admin', 'application'
       FROM generate_series(1, 10) n`,
    );
  });
  afterAll(() => database.drop());

  it('are none of an import: an opened context has no job, and listens for no changes', async () => {
    const before = await everyTable({ database });
    const config = await loadConfig({ DATABASE_URL: database.url, ...GIVEN_SECRETS, ...retention });
    const registry = await openRegistryDatabase({ config, databaseUrl: database.url });
    try {
      expect(periodicJobsOf(registry)).toEqual([]);
      const listening = await database.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE "datname" = current_database() AND "application_name" = 'mcp-registry-changes'`,
      );
      expect(listening).toEqual([]);
    } finally {
      await registry.close();
    }
    expect(await everyTable({ database })).toEqual(before);
  });

  it('delete no audit entry during a dry run, whether or not the source can be read', async () => {
    const before = await everyTable({ database });
    const source = await createReferenceDatabase();
    try {
      for (const sourceUrl of [source.url, 'postgres://user@127.0.0.1:9/x']) {
        const { code } = await runImport(['reference', '-', '--dry-run'], {
          databaseUrl: database.url,
          sourceUrl,
          env: retention,
        });
        expect(code).toBe(sourceUrl === source.url ? 0 : 1);
      }
    } finally {
      await source.drop();
    }
    expect(await everyTable({ database })).toEqual(before);
  });

  it('are those of the service, which prunes at its start', async () => {
    const app = await startApp(retention, database);
    try {
      expect(
        periodicJobsOf(app.nest)
          .map(({ name }) => name)
          .sort(),
      ).toEqual([
        'delete expired aliases of applications',
        'keep event streams alive',
        'maintain the history of health checks',
        'probe due targets',
        'prune the audit trail',
        'record probe results',
        'seal the audit trail',
        'write refused credentials',
        'write when API keys were used',
        'write when keys of operators were used',
        'write when sessions were used',
      ]);
      await eventually(() => database.query<{ action: string }>(`SELECT "action" FROM "AuditLog"`), {
        fits: ([entry]) => entry?.action === 'audit.pruned',
      });
    } finally {
      await app.nest.close();
    }
  });
});
