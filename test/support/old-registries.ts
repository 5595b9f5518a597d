import { hash } from 'bcryptjs';
import type { RedisServer } from './redis-server.js';
import { createReferenceDatabase } from './reference-database.js';
import type { TestDatabase } from './test-database.js';

const PREFIX = 'com.autogentmcp.registry:app:';
const ENVIRONMENTS = ['production', 'staging'] as const;

/** An operation as the reference registry stores it, and as a service registers it. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** How much of everything the old registries have. */
export interface OldRegistriesSize {
  /** App keys of the reference. */
  readonly applications: readonly string[];
  /** App keys of the registry in Redis. */
  readonly inRedis: readonly string[];
  readonly endpointsEach: number;
  readonly checksEach: number;
  readonly entries: number;
}

/** The operations that an application has in the old registries. */
export function operationsOf(appKey: string, count: number): Operation[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${appKey} ${index + 1}`,
    method: index % 2 === 0 ? 'GET' : 'POST',
    path: `/${appKey}/${index + 1}`,
  }));
}

/** The secret of the key that an application has for an environment in the reference. */
export function keyOf(appKey: string, environment: string): string {
  return `key-of-${appKey}-for-${environment}`;
}

/** The places of applications in the reference, with the secrets of their keys. */
export function placesOf(
  appKeys: readonly string[],
): { appKey: string; environment: string; apiKey: string }[] {
  return appKeys.flatMap((appKey) =>
    ENVIRONMENTS.map((environment) => ({ appKey, environment, apiKey: keyOf(appKey, environment) })),
  );
}

const environmentId = (appKey: string, environment: string): string => `env-${appKey}-${environment}`;

/**
 * A reference registry as one that was in use for years: expired and revoked keys, users, data agents with their environments,
 * tables and relations, settings, and a column of its own.
 */
export async function fillReference({
  applications,
  endpointsEach,
  checksEach,
  entries,
}: OldRegistriesSize): Promise<TestDatabase> {
  const reference = await createReferenceDatabase();
  await addOtherTables(reference);
  for (const appKey of applications) await addApplication(reference, appKey, endpointsEach);
  const [first = ''] = applications;
  const place = { applicationId: `app-${first}`, environmentId: environmentId(first, 'production') };
  await insertAll(reference, 'api_keys', [
    await keyRow('key-expired', 'expired', { ...place, expiresAt: '2025-01-01' }),
    await keyRow('key-revoked', 'revoked', { ...place, status: 'REVOKED' }),
  ]);
  await insertAll(reference, 'environment_security', [
    { id: 'security-1', environmentId: place.environmentId, vaultKey: `vault://${first}/production` },
  ]);
  await reference.query(
    `INSERT INTO health_check_logs (id, "applicationId", status, "statusCode", "responseTime", message, "createdAt")
     SELECT concat(a.id, '-', n), a.id, 'success', 200, 0.25, 'Health check successful',
            date_trunc('hour', now() AT TIME ZONE 'UTC') - n * interval '5 minutes'
     FROM applications a, generate_series(1, $1::integer) n`,
    [checksEach],
  );
  await reference.query(
    `INSERT INTO audit_logs (id, action, details, "createdAt", "applicationId")
     SELECT concat('entry-', n), 'UPDATED', 'Endpoints registered', '2026-01-01', $2
     FROM generate_series(1, $1::integer) n`,
    [entries, place.applicationId],
  );
  return reference;
}

/** Adds an application to the reference, with what is below it. */
export async function addApplication(
  reference: TestDatabase,
  appKey: string,
  endpoints: number,
): Promise<void> {
  const applicationId = `app-${appKey}`;
  await insertAll(reference, 'applications', [
    { id: applicationId, name: `The ${appKey}`, appKey, description: `About ${appKey}`, userId: 'user-1' },
  ]);
  await insertAll(
    reference,
    'environments',
    ENVIRONMENTS.map((name) => ({ id: environmentId(appKey, name), name, applicationId })),
  );
  for (const environment of ENVIRONMENTS) {
    await addOperations(reference, appKey, environment, operationsOf(appKey, endpoints));
    const id = `key-${appKey}-${environment}`;
    const place = { applicationId, environmentId: environmentId(appKey, environment) };
    await insertAll(reference, 'api_keys', [await keyRow(id, keyOf(appKey, environment), place)]);
  }
}

/** Registers further operations in the reference, as a service does that was not switched yet. */
export function addOperations(
  reference: TestDatabase,
  appKey: string,
  environment: string,
  operations: readonly Operation[],
): Promise<void> {
  return insertAll(
    reference,
    'endpoints',
    operations.map((operation) => ({
      ...operation,
      id: `endpoint-${environment}-${operation.path}`,
      description: `What ${operation.name} does`,
      responseBody: '{"type":"object"}',
      applicationId: `app-${appKey}`,
      environmentId: environmentId(appKey, environment),
    })),
  );
}

/** The older registry, in which each application has endpoints and no key. */
export async function fillRedis(
  { client }: RedisServer,
  { inRedis, endpointsEach }: OldRegistriesSize,
): Promise<void> {
  for (const appKey of inRedis) {
    await client.set(
      `${PREFIX}${appKey}`,
      JSON.stringify({
        app_key: appKey,
        app_description: `About ${appKey}`,
        base_domain: '',
        app_healthcheck_endpoint: '',
        security: {
          type: 'apiKey',
          header: 'X-Key',
          secret_ref: `vault://${appKey}`,
          value: 'not to be told',
        },
        status: 'disabled',
        team: 'A team',
      }),
    );
    await client.rPush(
      `${PREFIX}${appKey}:endpoints`,
      operationsOf(appKey, endpointsEach).map(({ method, path, name }) =>
        JSON.stringify({ app_key: appKey, endpoint_uri: path, method, endpoint_description: name }),
      ),
    );
  }
}

async function addOtherTables(reference: TestDatabase): Promise<void> {
  await reference.query(`
    CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL);
    CREATE TABLE settings (key text PRIMARY KEY, value text);
    CREATE TABLE data_agents (id text PRIMARY KEY, name text NOT NULL);
    CREATE TABLE data_agent_tables (id text PRIMARY KEY, "dataAgentId" text NOT NULL);
    CREATE TABLE data_agent_relations (id text PRIMARY KEY, "dataAgentId" text NOT NULL);
    CREATE TABLE _prisma_migrations (id text PRIMARY KEY);
    ALTER TABLE applications ADD COLUMN "costCentre" text;
    INSERT INTO users VALUES ('user-1', 'a@example.com'), ('user-2', 'b@example.com');
    INSERT INTO settings VALUES ('theme', 'dark');
    INSERT INTO data_agents VALUES ('agent-1', 'Warehouse');
    INSERT INTO data_agent_tables VALUES ('table-1', 'agent-1'), ('table-2', 'agent-1');
    INSERT INTO data_agent_relations VALUES ('relation-1', 'agent-1');
    INSERT INTO _prisma_migrations VALUES ('1');
    INSERT INTO environments (id, name, "environmentType") VALUES ('env-warehouse', 'warehouse', 'DATA_AGENT');
    INSERT INTO applications (id, name, "appKey", "costCentre") VALUES ('app-retired', 'Retired', 'retired', '4711');
    UPDATE applications SET status = 'INACTIVE' WHERE id = 'app-retired';
    INSERT INTO environments (id, name, "applicationId") VALUES ('env-retired', 'production', 'app-retired')`);
  await insertAll(reference, 'api_keys', [
    await keyRow('key-retired', 'retired', { applicationId: 'app-retired', environmentId: 'env-retired' }),
  ]);
}

async function keyRow(id: string, secret: string, more: object): Promise<Record<string, unknown>> {
  return { id, name: id, token: await hash(secret, 4), status: 'ACTIVE', expiresAt: null, ...more };
}

async function insertAll(database: TestDatabase, table: string, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .map((column) => `"${column}"`)
    .join(', ');
  await database.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows)],
  );
}
