import type { DataSource } from 'typeorm';
import { createDataSource } from '#libs/database/data-source.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { entities } from '#registry/entities.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '../support/jest.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const NAMES = migrations.map(({ name }) => name);

/** Columns the contract names; further ones are ours. */
const CONTRACTED = {
  Application: [
    'id',
    'name',
    'description',
    'appKey',
    'healthCheckUrl',
    'healthStatus',
    'lastHealthCheckAt',
    'consecutiveFailures',
    'consecutiveSuccesses',
  ],
  Environment: ['id', 'name', 'baseDomain', 'healthStatus', 'applicationId'],
  Endpoint: [
    'id',
    'name',
    'path',
    'method',
    'description',
    'isPublic',
    'authType',
    'pathParams',
    'queryParams',
    'requestBody',
    'responseBody',
    'environmentId',
  ],
  ApiKey: ['id', 'hashedKey', 'isActive', 'expiresAt', 'environmentId'],
  HealthCheckLog: ['targetId', 'checkedAt', 'applicationId', 'environmentId', 'status', 'responseTime'],
  AuditLog: ['id'],
};

/** What rows are looked up and ordered by; each needs an index that begins with it. */
const LOOKUPS = [
  ['Application', 'id'],
  ['Application', 'appKey'],
  ['Application', 'createdAt', 'id'],
  ['AppKeyAlias', 'appKey'],
  ['Environment', 'id'],
  ['Environment', 'applicationId', 'name'],
  ['Endpoint', 'id'],
  ['Endpoint', 'environmentId', 'method', 'path'],
  ['ApiKey', 'id'],
  ['ApiKey', 'selector'],
  ['ApiKey', 'environmentId'],
  ['HealthCheckLog', 'targetId', 'checkedAt'],
  ['HealthCheckLogArchive', 'targetId', 'day'],
  ['HealthCheckRollup', 'targetId', 'day'],
  ['HealthCheckRollup', 'day'],
  ['AuditLog', 'createdAt', 'id'],
  ['AuditLog', 'appKey', 'createdAt', 'id'],
  ['AuditLog', 'action', 'createdAt', 'id'],
  ['AuditLog', 'actor', 'createdAt', 'id'],
  ['AuditLog', 'apiKeyId', 'createdAt', 'id'],
];

/** Everything the schema holds that was not there in a new database. */
const OBJECTS = `
  SELECT 'relation' AS kind, relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'type', typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
  ORDER BY 1, 2`;

/** Tables with columns, constraints and indexes as PostgreSQL writes them. */
const SCHEMA = `
  SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
         coalesce(column_default, '') AS text FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  ORDER BY 1, 2`;

let database: TestDatabase;
let sources: DataSource[];

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  sources = [];
});
afterEach(async () => {
  for (const source of sources) await source.destroy();
  await database.drop();
});

async function open(): Promise<DataSource> {
  const source = createDataSource(
    { url: database.url, maxConnections: 2, onConnectionError: () => undefined },
    entities,
    migrations,
  );
  sources.push(source);
  return source.initialize();
}

describe('the migrations', () => {
  it('make the schema the entities describe', async () => {
    expect(await runMigrations(database.url, migrations)).toEqual(NAMES);
    const { upQueries } = await (await open()).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be undone without a trace and made again', async () => {
    await runMigrations(database.url, migrations);
    const first = await database.query(SCHEMA);
    expect(first.length).toBeGreaterThan(0);

    const source = await open();
    for (const _ of migrations) await source.undoLastMigration({ transaction: 'each' });
    // What is left is TypeORM's own list of what was run, empty.
    const left = await database.query<{ name: string }>(OBJECTS);
    expect(left.filter(({ name }) => !/^(migrations(_id_seq)?|PK_[0-9a-f]{27})$/.test(name))).toEqual([]);
    expect(await database.query('SELECT * FROM "migrations"')).toEqual([]);

    expect(await runMigrations(database.url, migrations)).toEqual(NAMES);
    expect(await database.query(SCHEMA)).toEqual(first);
  });

  it('do nothing the second time', async () => {
    await runMigrations(database.url, migrations);
    const first = await database.query(SCHEMA);
    expect(await runMigrations(database.url, migrations)).toEqual([]);
    expect(await database.query(SCHEMA)).toEqual(first);
  });

  it('run once when several replicas start at once', async () => {
    const applied = await Promise.all(
      Array.from({ length: 6 }, () => runMigrations(database.url, migrations)),
    );
    expect(applied.filter(({ length }) => length > 0)).toEqual([NAMES]);
    expect(await database.query('SELECT "name" FROM "migrations" ORDER BY "id"')).toEqual(
      NAMES.map((name) => ({ name })),
    );
  });

  it('release their lock when one of them fails, and keep those before it', async () => {
    class Failing9999999999999 {
      readonly name = 'Failing9999999999999';
      async up(runner: never): Promise<void> {
        await (runner as { query(sql: string): Promise<void> }).query('CREATE TABLE "Half" (); SELECT 1 / 0');
      }
      async down(): Promise<void> {
        await Promise.resolve();
      }
    }
    // TypeORM names the failed migration on the console, whatever its logging is set to.
    const said = jest.spyOn(console, 'log').mockReturnValue();
    await expect(runMigrations(database.url, [...migrations, Failing9999999999999])).rejects.toThrow(
      /division/,
    );
    expect(said).toHaveBeenCalledWith(expect.stringContaining('Failing9999999999999'));
    said.mockRestore();
    expect(
      await database.query(`SELECT to_regclass('"Half"') AS half, to_regclass('"ApiKey"')::text AS kept`),
    ).toEqual([{ half: null, kept: '"ApiKey"' }]);
    expect(await runMigrations(database.url, migrations)).toEqual([]);
  });
});

describe('the schema', () => {
  beforeEach(() => runMigrations(database.url, migrations));

  it.each(Object.entries(CONTRACTED))('has "%s" with the columns of the contract', async (table, columns) => {
    const rows = await database.query<{ column: string }>(
      `SELECT column_name AS column FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
      [table],
    );
    expect(rows.map(({ column }) => column)).toEqual(expect.arrayContaining(columns));
  });

  it("takes an operator's query", async () => {
    await database.query(
      `INSERT INTO "Application" ("id", "name", "appKey") VALUES ('a', 'Orders', 'orders')`,
    );
    await database.query(
      `INSERT INTO "Environment" ("id", "name", "applicationId") VALUES ('e', 'production', 'a')`,
    );
    await database.query(
      `INSERT INTO "ApiKey" ("id", "name", "hashedKey", "environmentId") VALUES ('k', 'imported', '$2b$10$x', 'e')`,
    );
    expect(await database.query(`SELECT * FROM "ApiKey" WHERE "environmentId" = 'e'`)).toEqual([
      {
        id: 'k',
        name: 'imported',
        selector: null,
        hashedKey: '$2b$10$x',
        isActive: true,
        expiresAt: null,
        lastUsedAt: null,
        revokedAt: null,
        environmentId: 'e',
        createdAt: expect.any(Date),
      },
    ]);
  });

  /** The columns of every index that is not partial, in order. */
  async function indexes(): Promise<{ table: string; columns: string[] }[]> {
    return database.query(
      `SELECT c.relname::text AS "table", array_agg(a.attname::text ORDER BY k.n) AS "columns"
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid,
            unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
            JOIN pg_attribute a ON a.attnum = k.attnum
       WHERE a.attrelid = i.indrelid AND c.relnamespace = 'public'::regnamespace AND i.indpred IS NULL
       GROUP BY i.indexrelid, c.relname`,
    );
  }

  it('has an index for every lookup', async () => {
    const found = await indexes();
    const missing = LOOKUPS.filter(
      ([table, ...lookup]) =>
        !found.some(
          (index) => index.table === table && lookup.every((column, n) => index.columns[n] === column),
        ),
    );
    expect(missing).toEqual([]);
  });

  it('has an index that begins with the column of every foreign key, which cascades', async () => {
    const keys = await database.query<{ table: string; columns: string[]; cascades: boolean }>(
      `SELECT c.conrelid::regclass::text AS "table", c.confdeltype = 'c' AS "cascades",
              (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)
               JOIN pg_attribute a ON a.attnum = k.attnum AND a.attrelid = c.conrelid) AS "columns"
       FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY 1, 3`,
    );
    expect(keys.map(({ table, columns }) => `${table} ${columns.join()}`)).toEqual([
      '"ApiKey" environmentId',
      '"AppKeyAlias" applicationId',
      '"Definition" environmentId',
      '"Endpoint" environmentId',
      '"Environment" applicationId',
      '"HealthCheckLog" targetId',
      '"HealthCheckLogArchive" targetId',
      '"HealthCheckRollup" targetId',
      '"HealthTarget" applicationId',
      '"HealthTarget" environmentId',
      '"OperatorKey" operatorId',
      '"OperatorSession" operatorKeyId',
      '"OperatorSignInCode" operatorKeyId',
    ]);
    const found = await indexes();
    for (const { table, columns, cascades } of keys) {
      expect(cascades).toBe(true);
      expect(found).toContainEqual({
        table: table.replaceAll('"', ''),
        columns: expect.arrayContaining(columns),
      });
      const leading = found.filter((index) => `"${index.table}"` === table).map((index) => index.columns[0]);
      expect(leading).toContain(columns[0]);
    }
  });
});
