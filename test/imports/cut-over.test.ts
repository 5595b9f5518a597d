import { hash } from 'bcryptjs';
import { asApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createReferenceDatabase, insertRows } from '../support/reference-database.js';
import { type ImportSummary, runImport, summaryOf } from '../support/run-import.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { everyTable } from '../support/table-text.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const API_KEY = 'key-of-orders';

/** A registry that takes over from the reference while services go on using both. */
describe('import reference around the cut-over', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    source = await createReferenceDatabase();
    target = await createTestDatabase();
    await fill(source);
    app = await startApp({}, target);
  });

  afterAll(async () => {
    await app.close();
    await source.drop();
  });

  const run = async (
    ...parameters: string[]
  ): Promise<ImportSummary & { code: number | null; stderr: string }> => {
    const result = await runImport(['reference', '-', '--json', ...parameters], {
      databaseUrl: target.url,
      sourceUrl: source.url,
    });
    if (result.stdout === '') throw new Error(result.stderr);
    return { ...summaryOf(result), code: result.code, stderr: result.stderr };
  };
  const outcome = ({ summary }: ImportSummary, kind: string): Record<string, number> =>
    Object.fromEntries(Object.entries(summary[kind] ?? {}).filter(([, count]) => count > 0));
  const register = (...paths: string[]): Promise<unknown> =>
    app.http
      .post('/register/endpoints')
      .set(asApplication('orders', API_KEY))
      .send({
        app_key: 'orders',
        endpoints: paths.map((path) => ({ name: path, path, method: 'GET' })),
      })
      .expect(200);
  const pathsHere = async (): Promise<unknown[]> =>
    (
      await target.query(
        `SELECT n."path" FROM "Endpoint" n JOIN "Environment" e ON e."id" = n."environmentId"
         WHERE e."id" = 'env-1' ORDER BY 1`,
      )
    ).map(({ path }) => path);

  it('refuses parts it does not know, and names what is missing here', async () => {
    expect(
      await runImport(['reference', '-', '--only', 'users'], {
        databaseUrl: target.url,
        sourceUrl: source.url,
      }),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Allowed are applications, environments, keys, history.'),
    });
    const { code, problems } = await run('--only', 'keys');
    expect(code).toBe(1);
    expect(problems).toEqual([
      { record: 'applications app-1', detail: "There is no application 'orders'." },
      { record: 'applications app-2', detail: "There is no application 'asleep'." },
    ]);
  });

  it('imports in parts', async () => {
    const first = await run('--only', 'applications');
    expect(
      ['applications', 'environments', 'endpoints', 'apiKeys'].map((kind) => outcome(first, kind)),
    ).toEqual([{ added: 2 }, {}, {}, {}]);
    const withoutPlaces = await run('--only', 'keys');
    expect(withoutPlaces.problems).toContainEqual({
      record: 'environments env-1',
      detail: 'is not registered here: orders has no environment production',
    });
    const second = await run('--only', 'environments');
    expect(
      ['applications', 'environments', 'endpoints', 'apiKeys'].map((kind) => outcome(second, kind)),
    ).toEqual([{}, { added: 2 }, { added: 2 }, {}]);
    const third = await run('--only', 'keys,history');
    expect(
      ['environments', 'apiKeys', 'healthChecks', 'auditEntries'].map((kind) => outcome(third, kind)),
    ).toEqual([{}, { added: 4 }, { added: 1 }, { added: 1 }]);
  });

  it('names the keys that the reference accepted and this registry refuses', async () => {
    const { refusedKeys, code } = await run();
    expect(code).toBe(0);
    expect(refusedKeys).toEqual([
      {
        record: 'api_keys expired',
        detail: 'of orders production: expired 2025-01-01T00:00:00.000Z; last used 2026-11-01T00:00:00.000Z',
      },
      { record: 'api_keys revoked', detail: 'of orders production: revoked; never used' },
      { record: 'api_keys asleep', detail: 'of asleep production: its application is INACTIVE; never used' },
    ]);
  });

  it('says what stays behind', async () => {
    const { leftBehind } = await run('--dry-run');
    expect(leftBehind).toEqual([
      { kind: 'data_agents', count: 1 },
      { kind: 'users', count: 2 },
      { kind: 'environments of data agents', count: 1 },
    ]);
    const { stderr } = await runImport(['reference', '-', '--dry-run'], {
      databaseUrl: target.url,
      sourceUrl: source.url,
    });
    expect(stderr).toContain('Stays behind: data_agents 1, users 2, environments of data agents 1.\n');
    expect(stderr).toContain('Accepted by the reference, refused here:\n');
  });

  it('follows the source until services register here, and leaves alone what they registered', async () => {
    await insertRows(source, 'endpoints', endpoint('ep-3', '/later'));
    expect(outcome(await run(), 'endpoints')).toEqual({ added: 1, unchanged: 2 });
    // The same set again counts as registered here.
    await register('/orders', '/orders/{id}', '/later');
    await insertRows(source, 'endpoints', endpoint('ep-4', '/too-late'));
    const second = await run();
    expect(outcome(second, 'endpoints')).toEqual({ unchanged: 3, kept: 1 });
    expect(second.code).toBe(0);
    expect(second.kept).toEqual([
      { record: 'environments env-1', detail: 'the endpoints of orders production were registered here' },
    ]);
    expect(await pathsHere()).toEqual(['/later', '/orders', '/orders/{id}']);
    await register('/orders');
    expect(outcome(await run(), 'endpoints')).toEqual({ unchanged: 1, kept: 3 });
    expect(await pathsHere()).toEqual(['/orders']);
  });

  it('leaves alone the fields that were changed here, and says which', async () => {
    await app.http
      .put('/applications/orders')
      .set(asApplication('orders', API_KEY))
      .send({ description: 'Said here' })
      .expect(200);
    await app.http
      .put('/applications/orders/environments/production')
      .set(AS_ADMIN)
      .send({ baseDomain: 'orders.example.com' })
      .expect(200);
    const result = await run();
    expect(result.kept).toEqual([
      { record: 'applications app-1', detail: 'description changed here' },
      { record: 'environments env-1', detail: 'baseDomain changed here' },
      { record: 'environments env-1', detail: 'the endpoints of orders production were registered here' },
    ]);
    expect(outcome(result, 'applications')).toEqual({ unchanged: 1, kept: 1 });
    const tables = await everyTable({ database: target });
    await run();
    expect(await everyTable({ database: target })).toEqual(tables);
    const { stderr } = await runImport(['reference', '-'], {
      databaseUrl: target.url,
      sourceUrl: source.url,
    });
    expect(stderr).toContain(
      'Changed here since the last import, and left alone (--overwrite):\napplications app-1: description changed here\n',
    );
  });

  it('takes the values of the source with --overwrite, and follows it from then on', async () => {
    const result = await run('--overwrite');
    expect(result.kept).toEqual([]);
    expect(outcome(result, 'endpoints')).toEqual({ added: 3, unchanged: 1 });
    expect(outcome(result, 'applications')).toEqual({ updated: 1, unchanged: 1 });
    expect(await pathsHere()).toEqual(['/later', '/orders', '/orders/{id}', '/too-late']);
    await source.query(`DELETE FROM endpoints WHERE id = 'ep-4'`);
    expect(outcome(await run(), 'endpoints')).toEqual({ deleted: 1, unchanged: 3 });
  });

  it('reads the schema that the URL names, beside pgbouncer too, and the sslmode of libpq', async () => {
    await source.query('CREATE SCHEMA "Old Registry"');
    for (const table of ['applications', 'environments', 'endpoints', 'environment_security']) {
      await source.query(`CREATE TABLE "Old Registry".${table} (LIKE public.${table} INCLUDING ALL)`);
    }
    await source.query(
      `INSERT INTO "Old Registry".applications (id, name, "appKey") VALUES ('app-9', 'Other', 'other-schema')`,
    );
    const of = async (parameters: Record<string, string>): Promise<Record<string, number>> => {
      const url = new URL(source.url);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      const result = await runImport(['reference', '-', '--json', '--dry-run'], {
        databaseUrl: target.url,
        sourceUrl: url.href,
      });
      if (result.stdout === '') throw new Error(result.stderr);
      return outcome(summaryOf(result), 'applications');
    };
    expect(await of({ schema: 'Old Registry' })).toEqual({ added: 1 });
    expect(await of({ schema: 'Old Registry', pgbouncer: 'true', connection_limit: '1' })).toEqual({
      added: 1,
    });
    // The server of the tests has no TLS.
    expect(await of({ sslmode: 'prefer', schema: 'public' })).toEqual({ unchanged: 2 });
    await expect(of({ sslmode: 'require' })).rejects.toThrow(
      'cannot be read: cannot connect: The server does not support SSL connections; check the URL to import from',
    );
    await expect(of({ sslmode: 'maybe' })).rejects.toThrow(
      'The URL to import from has sslmode=maybe; allowed is one of disable, prefer, require, verify-ca, verify-full, no-verify.',
    );
  });
});

function endpoint(id: string, path: string): Record<string, unknown> {
  return { id, name: path, path, method: 'GET', applicationId: 'app-1', environmentId: 'env-1' };
}

async function fill(source: TestDatabase): Promise<void> {
  await source.query(`
    CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL);
    CREATE TABLE data_agents (id text PRIMARY KEY, name text NOT NULL);
    CREATE TABLE data_agent_tables (id text PRIMARY KEY, "dataAgentId" text NOT NULL);
    CREATE TABLE _prisma_migrations (id text PRIMARY KEY);
    INSERT INTO users VALUES ('1', 'a@example.com'), ('2', 'b@example.com');
    INSERT INTO data_agents VALUES ('1', 'Warehouse');
    INSERT INTO _prisma_migrations VALUES ('1')`);
  await insertRows(
    source,
    'applications',
    { id: 'app-1', name: 'Orders', appKey: 'orders', description: 'Of the source', status: 'ACTIVE' },
    { id: 'app-2', name: 'Asleep', appKey: 'asleep', description: null, status: 'INACTIVE' },
  );
  await insertRows(
    source,
    'environments',
    { id: 'env-1', name: 'production', applicationId: 'app-1', environmentType: 'APPLICATION' },
    { id: 'env-2', name: 'production', applicationId: 'app-2', environmentType: 'APPLICATION' },
    { id: 'env-3', name: 'warehouse', applicationId: null, environmentType: 'DATA_AGENT' },
  );
  await insertRows(source, 'endpoints', endpoint('ep-1', '/orders'), endpoint('ep-2', '/orders/{id}'));
  const key = async (id: string, secret: string, more: object = {}): Promise<Record<string, unknown>> => ({
    id,
    name: id,
    token: await hash(secret, 4),
    applicationId: 'app-1',
    environmentId: 'env-1',
    status: 'ACTIVE',
    expiresAt: null,
    lastUsed: null,
    ...more,
  });
  await insertRows(
    source,
    'api_keys',
    await key('live', API_KEY),
    await key('expired', 'expired', { expiresAt: '2025-01-01', lastUsed: '2026-11-01' }),
    await key('revoked', 'revoked', { status: 'REVOKED' }),
    await key('asleep', 'asleep', { applicationId: 'app-2', environmentId: 'env-2' }),
  );
  await source.query(
    `INSERT INTO health_check_logs (id, "applicationId", status, "createdAt")
     VALUES ('check-1', 'app-1', 'success', (now() AT TIME ZONE 'UTC') - interval '1 hour');
     INSERT INTO audit_logs (id, action, "createdAt") VALUES ('audit-1', 'CREATED', '2024-01-01')`,
  );
}
