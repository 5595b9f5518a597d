import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { createReferenceDatabase, insertRows } from '../support/reference-database.js';
import { runImport } from '../support/run-import.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import type { TestDatabase } from '../support/test-database.js';

describe('the database of the reference registry', () => {
  let database: TestDatabase;
  let sandbox: ProcessSandbox;

  beforeAll(async () => {
    database = await createReferenceDatabase();
    await insertRows(database, 'applications', { id: 'app-1', name: 'Orders', appKey: 'orders' });
    await insertRows(database, 'environments', { id: 'env-1', name: 'production', applicationId: 'app-1' });
    sandbox = await createProcessSandbox();
  });
  afterAll(async () => {
    await sandbox.clear();
    await database.drop();
  });

  const outputOfStart = async (): Promise<string> => {
    // The .env of the reference, with its names.
    const service = sandbox.start({
      ...GIVEN_SECRETS,
      DATABASE_URL: database.url,
      ALLOWED_ORIGINS: '["https://console.example"]',
    });
    const url = await service.ready;
    const response = await fetch(`${url}/health`, { headers: { origin: 'https://console.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://console.example');
    service.signal('SIGTERM');
    expect(await service.exited).toMatchObject({ code: 0 });
    return service.output();
  };

  it('is told at the start, with the way to import it, until something is registered', async () => {
    expect(await outputOfStart()).toContain('mcp-registry import reference, with the URL of this database');
    // Both registries in one database.
    expect(
      await runImport(['reference', '-'], { databaseUrl: database.url, sourceUrl: database.url }),
    ).toMatchObject({ code: 0, stderr: '' });
    expect(await database.query(`SELECT "id", "appKey" FROM "Application"`)).toEqual([
      { id: 'app-1', appKey: 'orders' },
    ]);
    expect(await outputOfStart()).not.toContain('mcp-registry import reference');
  });
});
