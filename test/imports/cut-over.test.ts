import { hash } from 'bcryptjs';
import { asApplication } from '../support/builders.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createReferenceDatabase, insertRows } from '../support/reference-database.js';
import { renameApplication, renameEnvironment } from '../support/renames.js';
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
    // Tables are compared, in which seals and uses of keys would come a moment later.
    stopIntervals(app);
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

  const environmentsHere = async (): Promise<unknown[]> =>
    (
      await target.query<{ text: string }>(
        `SELECT concat_ws(' ', a."appKey", e."name", e."id") AS "text"
         FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId" ORDER BY 1`,
      )
    ).map(({ text }) => text);

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

  it('follows an environment that was renamed here, and leaves it its name', async () => {
    await renameEnvironment(app, 'orders', 'production', { name: 'live' });
    await insertRows(source, 'api_keys', await apiKey('new', 'new-key-of-orders'));
    await insertRows(source, 'endpoints', endpoint('ep-5', '/renamed'));
    const result = await run();
    expect(result.kept).toEqual([{ record: 'environments env-1', detail: 'name changed here' }]);
    expect(outcome(result, 'environments')).toEqual({ unchanged: 1, kept: 1 });
    expect(outcome(result, 'apiKeys')).toEqual({ added: 1, unchanged: 4 });
    expect(outcome(result, 'endpoints')).toEqual({ added: 1, unchanged: 3 });
    expect(await environmentsHere()).toEqual(['asleep production env-2', 'orders live env-1']);
    await app.http
      .post('/register/endpoints')
      .query({ dryRun: true })
      .set(asApplication('orders', 'new-key-of-orders'))
      .send({ app_key: 'orders', environment: 'live', endpoints: [{ name: 'x', path: '/', method: 'GET' }] })
      .expect(200);
    // Without its environments, the other parts find it as well.
    expect(outcome(await run('--only', 'keys'), 'apiKeys')).toEqual({ unchanged: 5 });
  });

  it('says so when the source has another environment of the name that was given here', async () => {
    await insertRows(source, 'environments', environment('env-0', 'live'));
    const { problems, code } = await run();
    expect({ problems, code }).toEqual({
      problems: [
        {
          record: 'environments env-0',
          detail: 'has the name that another environment of orders was given here',
        },
      ],
      code: 1,
    });
    await source.query(`DELETE FROM environments WHERE id = 'env-0'`);
  });

  it('renames it with --overwrite, and after the source while nothing changed it here', async () => {
    expect(outcome(await run('--overwrite'), 'environments')).toEqual({ updated: 1, unchanged: 1 });
    expect(await environmentsHere()).toEqual(['asleep production env-2', 'orders production env-1']);
    await source.query(`UPDATE environments SET name = 'main' WHERE id = 'env-1'`);
    const renamed = await run();
    expect(renamed.kept).toEqual([]);
    expect(await environmentsHere()).toEqual(['asleep production env-2', 'orders main env-1']);
    expect(
      await target.query(
        `SELECT "environment", "before", "after" FROM "AuditLog"
         WHERE "action" = 'environment.updated' ORDER BY "createdAt" DESC LIMIT 1`,
      ),
    ).toEqual([{ environment: 'main', before: { name: 'production' }, after: { name: 'main' } }]);
    await source.query(`UPDATE environments SET name = 'production' WHERE id = 'env-1'`);
    await run();
  });

  it('does not bring back what was deleted here, nor its keys', async () => {
    await insertRows(source, 'environments', environment('env-4', 'staging'));
    await insertRows(source, 'api_keys', await apiKey('staging', 'staging-key', { environmentId: 'env-4' }));
    expect(outcome(await run(), 'environments')).toEqual({ added: 1, unchanged: 2 });
    for (const path of ['/applications/orders/environments/staging', '/applications/asleep']) {
      await app.http.delete(path).set(AS_ADMIN).expect(204);
    }
    const result = await run();
    expect(result.code).toBe(0);
    expect(result.kept).toEqual([
      {
        record: 'environments env-4',
        detail: 'the environment staging of orders was deleted or renamed here',
      },
      { record: 'applications app-2', detail: 'the application asleep was deleted or renamed here' },
    ]);
    expect([outcome(result, 'applications'), outcome(result, 'environments')]).toEqual([
      { unchanged: 1, kept: 1 },
      { unchanged: 1, kept: 1 },
    ]);
    expect(await environmentsHere()).toEqual(['orders production env-1']);
    const tables = await everyTable({ database: target });
    await run();
    expect(await everyTable({ database: target })).toEqual(tables);
  });

  it('nor what was renamed here so long ago that the old app key means nothing', async () => {
    await renameApplication(app, 'orders', { appKey: 'purchases', gracePeriodSeconds: 0 });
    expect((await run()).kept).toContainEqual({
      record: 'applications app-1',
      detail: 'the application orders was deleted or renamed here',
    });
    await renameApplication(app, 'purchases', { appKey: 'orders', gracePeriodSeconds: 0 });
  });

  it('brings it back with --overwrite', async () => {
    const result = await run('--overwrite');
    expect(result.kept).toEqual([]);
    expect([outcome(result, 'applications'), outcome(result, 'environments')]).toEqual([
      { added: 1, unchanged: 1 },
      { added: 2, unchanged: 1 },
    ]);
    expect(await environmentsHere()).toEqual([
      'asleep production env-2',
      'orders production env-1',
      'orders staging env-4',
    ]);
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

function environment(id: string, name: string): Record<string, unknown> {
  return { id, name, applicationId: 'app-1', environmentType: 'APPLICATION' };
}

async function apiKey(id: string, secret: string, more: object = {}): Promise<Record<string, unknown>> {
  return {
    id,
    name: id,
    token: await hash(secret, 4),
    applicationId: 'app-1',
    environmentId: 'env-1',
    status: 'ACTIVE',
    expiresAt: null,
    lastUsed: null,
    ...more,
  };
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
    environment('env-1', 'production'),
    { ...environment('env-2', 'production'), applicationId: 'app-2' },
    { id: 'env-3', name: 'warehouse', applicationId: null, environmentType: 'DATA_AGENT' },
  );
  await insertRows(source, 'endpoints', endpoint('ep-1', '/orders'), endpoint('ep-2', '/orders/{id}'));
  await insertRows(
    source,
    'api_keys',
    await apiKey('live', API_KEY),
    await apiKey('expired', 'expired', { expiresAt: '2025-01-01', lastUsed: '2026-11-01' }),
    await apiKey('revoked', 'revoked', { status: 'REVOKED' }),
    await apiKey('asleep', 'asleep', { applicationId: 'app-2', environmentId: 'env-2' }),
  );
  await source.query(
    `INSERT INTO health_check_logs (id, "applicationId", status, "createdAt")
     VALUES ('check-1', 'app-1', 'success', (now() AT TIME ZONE 'UTC') - interval '1 hour');
     INSERT INTO audit_logs (id, action, "createdAt") VALUES ('audit-1', 'CREATED', '2024-01-01')`,
  );
}
