import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { HistoryMaintenanceService } from '#registry/monitoring/history/history-maintenance.service.js';
import { asApplication } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createReferenceDatabase, insertRows } from '../support/reference-database.js';
import { type ImportSummary, runImport, summaryOf } from '../support/run-import.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { everyTable } from '../support/table-text.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const MANY = 1000;
const RECENT_CHECKS = 4000;
const OLD_CHECKS = 1000;
const NOTHING = { added: 0, updated: 0, deleted: 0, unchanged: 0, kept: 0, skipped: 0 };
const CREATED = new Date('2024-01-02T03:04:05.678Z');
const UPDATED = new Date('2024-02-03T04:05:06.789Z');
const KEYS = {
  production: 'key-for-production',
  staging: 'key-for-staging',
  older: 'key-of-an-older-library',
};

const importReference = async (
  source: TestDatabase,
  target: TestDatabase,
  { dryRun = false, ownProcess = false, settings = {} } = {},
): Promise<ImportSummary & { code: number | null; stderr: string }> => {
  const result = await runImport(['reference', '-', '--json', ...(dryRun ? ['--dry-run'] : [])], {
    databaseUrl: target.url,
    sourceUrl: source.url,
    // Not UTC: times without a zone must not be taken for local ones.
    env: { TZ: 'America/New_York', ...settings },
    ownProcess,
  });
  if (result.stdout === '') throw new Error(result.stderr);
  return { ...summaryOf(result), code: result.code, stderr: result.stderr };
};

describe('import reference', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let app: TestApp | undefined;

  beforeAll(async () => {
    source = await createReferenceDatabase();
    target = await createTestDatabase();
    await fill(source);
  });

  afterAll(async () => {
    await (app === undefined ? target.drop() : app.close());
    await source.drop();
  });

  const PROBLEMS = [
    { record: 'api_keys key-md5', detail: 'has a token that is no bcrypt hash' },
    {
      record: 'api_keys key-slow',
      detail: 'has a token that is a bcrypt hash of cost 16; the highest cost allowed is 15',
    },
    {
      record: 'applications cuid2',
      detail:
        'healthCheckUrl must be a string of at most 2048 characters: an absolute http(s) URL without user information, or a path that begins with /',
    },
    {
      record: 'environments env-bad',
      detail: 'name must be a string of 1 to 63 characters: letters, digits, dots, underscores and hyphens',
    },
    { record: 'applications cuid3', detail: 'name must be a string of 1 to 255 characters' },
    { record: 'endpoints ep-broken', detail: 'queryParams is not JSON and was left out' },
    { record: 'endpoints ep-broken', detail: 'description must be a string of at most 20000 characters' },
    { record: 'endpoints ep-repeated', detail: 'repeats GET /orders: the first one counts' },
    {
      record: 'endpoints ep-method',
      detail: 'method must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE',
    },
  ];
  const byText = (one: object, other: object): number =>
    JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

  it('says on a dry run what it would do, and does nothing', async () => {
    const before = await everyTable({ database: target });
    const { code, summary, dryRun } = await importReference(source, target, { dryRun: true });
    expect({ code, dryRun }).toEqual({ code: 1, dryRun: true });
    expect(summary).toMatchObject({
      applications: { added: 3, skipped: 1 },
      healthChecks: { added: RECENT_CHECKS + 2 },
      auditEntries: { added: 503 },
    });
    expect(await everyTable({ database: target })).toEqual(before);
  });

  it('names the API keys that outlive API_KEY_MAX_DAYS, which are no problem', async () => {
    const { stderr, numberOfProblems, summary } = await importReference(source, target, {
      dryRun: true,
      settings: { API_KEY_MAX_DAYS: '90' },
    });
    expect(stderr).toContain(
      'API keys that outlive API_KEY_MAX_DAYS (90) are imported as they are: api_keys key-2a, api_keys key-2b, api_keys key-2y. Rotate them.\n',
    );
    expect(numberOfProblems).toBe(PROBLEMS.length);
    expect(summary.apiKeys).toEqual({ ...NOTHING, added: 5, skipped: 3 });
  });

  it('makes of it exactly what it describes', async () => {
    const { code, stderr, summary, problems, numberOfProblems } = await importReference(source, target, {
      ownProcess: true,
    });
    expect([...problems].sort(byText)).toEqual([...PROBLEMS].sort(byText));
    expect({ code, numberOfProblems }).toEqual({ code: 1, numberOfProblems: PROBLEMS.length });
    expect(stderr).toMatch(
      new RegExp(
        `^${OLD_CHECKS} health checks are older than \\d{4}-\\d\\d-\\d\\d and stay behind \\(HEALTH_LOG_RETENTION_DAYS\\)\\.\n3 health checks stay behind`,
      ),
    );
    expect(summary).toEqual({
      applications: { ...NOTHING, added: 3, skipped: 1 },
      environments: { ...NOTHING, added: 3, skipped: 2 },
      endpoints: { ...NOTHING, added: MANY + 3, skipped: 2 },
      apiKeys: { ...NOTHING, added: 5, skipped: 3 },
      healthChecks: { ...NOTHING, added: RECENT_CHECKS + 2, skipped: OLD_CHECKS + 3 },
      auditEntries: { ...NOTHING, added: 503 },
    });
  });

  it('keeps ids, times, statuses and health of applications and environments', async () => {
    const importedAt: unknown = expect.any(Date);
    const times = { createdAt: CREATED, updatedAt: UPDATED, importedAt };
    const unseen = { healthStatus: 'UNKNOWN', lastHealthCheckAt: null };
    const anything: unknown = expect.any(String);
    const pointer = (fields: object): object => ({
      id: anything,
      ...fields,
      createdAt: anything,
      updatedAt: anything,
    });
    const checked = { lastHealthCheckAt: new Date('2024-03-04T05:06:07.890Z') };
    expect(await target.query(`SELECT * FROM "Application" ORDER BY "id"`)).toEqual(
      [
        {
          id: 'cuid1',
          name: 'Bestellungen 🛒',
          description: 'Für Köln',
          appKey: 'orders',
          status: 'ACTIVE',
          authenticationMethod: 'API_KEY',
          owner: 'user',
          healthCheckUrl: 'https://orders.example.com/health',
          healthStatus: 'ACTIVE',
          ...checked,
          consecutiveFailures: 0,
          consecutiveSuccesses: 7,
          ...times,
        },
        {
          id: 'cuid2',
          name: 'Legacy',
          description: null,
          appKey: 'legacy',
          status: 'INACTIVE',
          authenticationMethod: 'BEARER',
          owner: 'user',
          healthCheckUrl: null,
          ...unseen,
          ...checked,
          consecutiveFailures: 2,
          consecutiveSuccesses: 0,
          ...times,
        },
        {
          id: 'cuid4',
          name: 'Many',
          description: null,
          appKey: 'many',
          status: 'ACTIVE',
          authenticationMethod: 'API_KEY',
          owner: 'user',
          healthCheckUrl: null,
          ...unseen,
          consecutiveFailures: 0,
          consecutiveSuccesses: 0,
          ...times,
        },
      ].map((row) => (row.id === 'cuid2' ? { ...row, healthStatus: 'INACTIVE' } : row)),
    );
    expect(
      await target.query(
        `SELECT e.*, t."healthStatus" AS "believed", t."checkedAt" FROM "Environment" e JOIN "HealthTarget" t USING ("id") ORDER BY 1`,
      ),
    ).toEqual(
      [
        {
          id: 'env-prod',
          name: 'production',
          applicationId: 'cuid1',
          description: 'Live',
          baseDomain: 'orders.example.com',
          healthStatus: 'INACTIVE',
          ...checked,
          believed: 'INACTIVE',
          checkedAt: checked.lastHealthCheckAt,
          security: pointer({
            vaultKey: 'vault://orders',
            rateLimitEnabled: true,
            rateLimitRequests: 100,
            rateLimitWindow: 60,
          }),
          customPrompt: 'Frag zuerst',
        },
        { id: 'env-stage', name: 'staging', applicationId: 'cuid1', status: 'INACTIVE', baseDomain: null },
        {
          id: 'env4',
          name: 'production',
          applicationId: 'cuid4',
          security: pointer({
            vaultKey: 'vault://many',
            rateLimitEnabled: false,
            rateLimitRequests: null,
            rateLimitWindow: null,
          }),
        },
      ].map((row) => ({
        security: null,
        endpointsImportedAt: row.id === 'env-stage' ? null : importedAt,
        customPrompt: null,
        description: null,
        baseDomain: null,
        status: 'ACTIVE',
        ...unseen,
        healthStatusChangedAt: null,
        ...times,
        believed: 'UNKNOWN',
        checkedAt: null,
        ...row,
      })),
    );
  });

  it('makes endpoints with the JSON their texts hold', async () => {
    const rows = await target.query(
      `SELECT "id", "name", "path", "method", "description", "isPublic", "pathParams"::text, "queryParams"::text,
              "requestBody"::text, "responseBody"::text, "environmentId", "createdAt", "updatedAt"
       FROM "Endpoint" WHERE "environmentId" LIKE 'env-%' ORDER BY "id"`,
    );
    expect(rows).toEqual(
      [
        {
          id: 'ep-1',
          name: 'Aufträge',
          path: '/orders',
          description: '全部の注文',
          isPublic: true,
          queryParams: '{"type":"object","z":1,"a":{"ü":"€"}}',
          responseBody: '[1,2]',
        },
        { id: 'ep-broken', name: 'Broken', path: '/broken', pathParams: '{"id":1}' },
        { id: 'ep-none', name: 'Without environment', path: '/none', method: 'POST' },
      ].map((row) => ({
        method: 'GET',
        description: null,
        isPublic: false,
        pathParams: null,
        queryParams: null,
        requestBody: null,
        responseBody: null,
        environmentId: 'env-prod',
        createdAt: CREATED,
        updatedAt: UPDATED,
        ...row,
      })),
    );
    const [many] = await target.query(
      `SELECT count(*)::integer AS "count", count(DISTINCT "name")::integer AS "names",
              bool_and("requestBody"::text = '{"n":' || substring("id" FROM 6) || '}') AS "right"
       FROM "Endpoint" WHERE "environmentId" = 'env4'`,
    );
    expect(many).toEqual({ count: MANY, names: MANY, right: true });
  });

  it('brings the audit trail along, marked, and adds its own entries', async () => {
    const [imported] = await target.query(`SELECT * FROM "AuditLog" WHERE "id" = 'audit-1'`);
    expect(imported).toEqual({
      id: 'audit-1',
      createdAt: new Date('2024-01-01T12:00:00.123Z'),
      action: 'APPLICATION_CREATED',
      actor: 'imported',
      apiKeyId: null,
      operatorId: null,
      operatorName: null,
      via: null,
      sessionId: null,
      appKey: 'orders',
      applicationId: 'cuid1',
      environment: null,
      environmentId: null,
      resourceType: 'application',
      resourceId: 'cuid1',
      before: null,
      after: { by: 'someone' },
      reason: null,
      occurrences: 1,
      ipAddress: '192.0.2.1',
      userAgent: 'curl/8',
      requestId: null,
    });
    expect(
      await target.query(
        `SELECT "after", "appKey", "applicationId" FROM "AuditLog" WHERE "id" IN ('audit-2', 'audit-3') ORDER BY "id"`,
      ),
    ).toEqual([
      { after: { details: 'just words' }, appKey: null, applicationId: null },
      { after: null, appKey: null, applicationId: 'gone' },
    ]);
    expect(
      await target.query(
        `SELECT "action", count(*)::integer AS "count" FROM "AuditLog" WHERE "actor" = 'cli' GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { action: 'api-key.imported', count: 5 },
      { action: 'application.created', count: 3 },
      { action: 'endpoints.registered', count: 2 },
      { action: 'environment.created', count: 3 },
    ]);
    expect(
      await target.query(`SELECT 1 FROM "AuditLog" t WHERE t."actor" = 'cli' AND t::text LIKE '%$2%$04$%'`),
    ).toEqual([]);
  });

  it('changes nothing when it runs again', async () => {
    const tables = await everyTable({ database: target });
    const { summary } = await importReference(source, target);
    expect(summary).toEqual({
      applications: { ...NOTHING, unchanged: 3, skipped: 1 },
      environments: { ...NOTHING, unchanged: 3, skipped: 2 },
      endpoints: { ...NOTHING, unchanged: MANY + 3, skipped: 2 },
      apiKeys: { ...NOTHING, unchanged: 5, skipped: 3 },
      healthChecks: { ...NOTHING, unchanged: RECENT_CHECKS + 2, skipped: OLD_CHECKS + 3 },
      auditEntries: { ...NOTHING, unchanged: 503 },
    });
    expect(await everyTable({ database: target })).toEqual(tables);
  });

  describe('for those who use the registry', () => {
    beforeAll(async () => {
      app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' }, target);
    });

    const asked = async (apiKey: string, environment: string): Promise<number> => {
      const response = await app?.http
        .get(`/endpoints?app_key=orders&environment=${environment}`)
        .set(asApplication('orders', apiKey, environment));
      return response?.status ?? 0;
    };

    it('lets keys go on opening what they opened, whatever library hashed them, and no others', async () => {
      await target.query(`UPDATE "Environment" SET "status" = 'ACTIVE' WHERE "id" = 'env-stage'`);
      expect({
        $2b: await asked(KEYS.production, 'production'),
        $2y: await asked(KEYS.staging, 'staging'),
        $2a: await asked(KEYS.older, 'production'),
        elsewhere: await asked(KEYS.staging, 'production'),
        revoked: await asked('revoked', 'production'),
        expired: await asked('expired', 'production'),
        wrong: await asked('wrong', 'production'),
      }).toEqual({ $2b: 200, $2y: 200, $2a: 200, elsewhere: 403, revoked: 401, expired: 401, wrong: 401 });
    });

    it('shows the history, and keeps it through the closing of days and another import', async () => {
      const list = async (): Promise<unknown> =>
        (await app?.http.get('/health-check/applications/orders/logs?limit=500').set(AS_ADMIN).expect(200))
          ?.body as unknown;
      const before = await list();
      expect(before).toHaveLength(500);
      const newest = `SELECT "consecutiveFailures", "consecutiveSuccesses" FROM "HealthCheck"
        WHERE "targetId" = 'env-prod' AND "responseTime" = 0.25 ORDER BY "checkedAt" DESC LIMIT 5`;
      expect(await target.query(newest)).toEqual([
        ...[4, 3, 2, 1].map((consecutiveSuccesses) => ({ consecutiveFailures: 0, consecutiveSuccesses })),
        { consecutiveFailures: 1, consecutiveSuccesses: 0 },
      ]);
      const counted = `SELECT "targetId", count(*)::integer AS "count" FROM "HealthCheck" GROUP BY 1 ORDER BY 1`;
      const counts = await target.query(counted);
      await app?.nest.get(HistoryMaintenanceService, { strict: false }).maintain(new Date());
      const [archived] = await target.query(`SELECT count(*)::integer AS "count" FROM "HealthCheckRollup"`);
      expect(archived?.count).toBeGreaterThan(20);
      const { summary } = await importReference(source, target);
      expect(summary.healthChecks).toEqual({
        ...NOTHING,
        unchanged: RECENT_CHECKS + 2,
        skipped: OLD_CHECKS + 3,
      });
      expect(await target.query(counted)).toEqual(counts);
      expect(await list()).toEqual(before);
    });

    it('gives no key back its life that was revoked here, and follows the source otherwise', async () => {
      await target.query(`UPDATE "ApiKey" SET "isActive" = false, "revokedAt" = now() WHERE "id" = 'key-2b'`);
      await source.query(`UPDATE api_keys SET status = 'REVOKED' WHERE id = 'key-2a'`);
      await source.query(
        `UPDATE applications SET description = 'Neu', "updatedAt" = '2024-05-05 05:05:05' WHERE id = 'cuid1'`,
      );
      await source.query(`UPDATE endpoints SET "requestBody" = '{"n":0}' WHERE id = 'many-1'`);
      await source.query(`DELETE FROM endpoints WHERE id = 'many-2'`);
      const { summary } = await importReference(source, target);
      expect(summary).toMatchObject({
        applications: { updated: 1, unchanged: 2 },
        endpoints: { updated: 1, deleted: 1, unchanged: MANY + 1 },
        apiKeys: { updated: 1, unchanged: 4 },
      });
      expect(await asked(KEYS.production, 'production')).toBe(401);
      expect(await asked(KEYS.older, 'production')).toBe(401);
      expect(
        await target.query(`SELECT "description", "updatedAt" FROM "Application" WHERE "id" = 'cuid1'`),
      ).toEqual([{ description: 'Neu', updatedAt: new Date('2024-05-05T05:05:05.000Z') }]);
    });

    it('finds an application by the app key that it had before it was renamed here', async () => {
      await app?.http
        .post('/applications/orders/rename')
        .set(AS_ADMIN)
        .send({ appKey: 'purchases' })
        .expect(200);
      await source.query(`UPDATE applications SET description = 'Newer' WHERE id = 'cuid1'`);
      const { summary } = await importReference(source, target);
      expect(summary).toMatchObject({
        applications: { added: 0, updated: 1, unchanged: 2 },
        environments: { added: 0 },
        endpoints: { added: 0 },
        apiKeys: { added: 0 },
      });
      expect(
        await target.query(`SELECT "appKey", "description" FROM "Application" WHERE "id" = 'cuid1'`),
      ).toEqual([{ appKey: 'purchases', description: 'Newer' }]);
    });
  });

  it('takes an early version with fewer columns and other types for what it is', async () => {
    const early = await createReferenceDatabase({ early: true });
    const other = await createTestDatabase();
    try {
      const token = await hash('early', 4);
      await insertRows(
        early,
        'applications',
        { id: 1, name: 'One', appKey: 'one', createdAt: '2023-01-01 10:00:00', status: null },
        { id: 2, name: 'Twice', appKey: 'one', createdAt: 'yesterday', status: 'ACTIVE' },
        { id: 3, name: 'Same id', appKey: 'three', createdAt: 'yesterday', status: 'SUSPENDED' },
      );
      await insertRows(early, 'environments', { id: 1, name: 'live', applicationId: 1 });
      await insertRows(
        early,
        'endpoints',
        {
          id: 1,
          name: 'Get',
          path: 'get',
          method: 'get',
          applicationId: 1,
          pathParams: '{"a": 1}',
          isPublic: 't',
        },
        {
          id: 2,
          name: 'Lost',
          path: '/lost',
          method: 'GET',
          applicationId: 3,
          pathParams: null,
          isPublic: 'f',
        },
      );
      await insertRows(
        early,
        'api_keys',
        { id: 1, token, applicationId: 1, expiresAt: '2030-01-01 00:00:00' },
        { id: 2, token: await hash('other', 4), applicationId: 1, expiresAt: 'never' },
        { id: 3, token: await hash('third', 4), applicationId: 1, expiresAt: '2027-02-30 00:00:00' },
        { id: 4, token: await hash('fourth', 4), applicationId: 1, expiresAt: '2027-01-31T24:00:00Z' },
      );
      const { problems } = await importReference(early, other);
      expect(problems).toEqual([
        ...[2, 3, 4].map((id) => ({ record: `api_keys ${id}`, detail: 'has an expiresAt that is no time' })),
        { record: 'applications 2', detail: 'has the app key of applications 1: the first one counts' },
        { record: 'endpoints 2', detail: 'belongs to no environment of its application' },
      ]);
      expect(
        await other.query(
          `SELECT a."id", a."appKey", a."status", a."createdAt" < now() - interval '1 year' AS "old", e."name", e."id" <> '1' AS "otherId",
                  n."method" || ' ' || n."path" || ' ' || n."isPublic" || ' ' || n."pathParams"::text AS "endpoint", k."expiresAt"
           FROM "Application" a LEFT JOIN "Environment" e ON e."applicationId" = a."id"
           LEFT JOIN "Endpoint" n ON n."environmentId" = e."id" LEFT JOIN "ApiKey" k ON k."environmentId" = e."id" ORDER BY 1`,
        ),
      ).toEqual([
        {
          id: '1',
          appKey: 'one',
          status: 'ACTIVE',
          old: true,
          name: 'live',
          otherId: true,
          endpoint: 'GET /get true {"a":1}',
          expiresAt: new Date('2030-01-01T00:00:00.000Z'),
        },
        {
          id: '3',
          appKey: 'three',
          status: 'INACTIVE',
          old: false,
          name: null,
          otherId: null,
          endpoint: null,
          expiresAt: null,
        },
      ]);
      const tables = await everyTable({ database: other });
      await importReference(early, other);
      expect(await everyTable({ database: other })).toEqual(tables);
    } finally {
      await early.drop();
      await other.drop();
    }
  });

  it('takes its settings from files of secrets, as the service does', async () => {
    const empty = await createTestDatabase({ migrated: false });
    const directory = await mkdtemp(join(tmpdir(), 'registry-import-'));
    const [DATABASE_URL_FILE, SECRET_KEY_FILE] = [join(directory, 'url'), join(directory, 'key')];
    await writeFile(DATABASE_URL_FILE, `${target.url}\n`);
    await writeFile(SECRET_KEY_FILE, `${GIVEN_SECRETS.SECRET_KEY}\n`);
    const files = { DATABASE_URL_FILE, SECRET_KEY_FILE, SECRET_KEY: '', REGISTRY_ADMIN_KEY: '' };
    const run = (env: Record<string, string>): ReturnType<typeof runImport> =>
      runImport(['reference', '-'], {
        sourceUrl: empty.url,
        env: { ...files, NODE_ENV: 'production', ...env },
      });
    expect(await run({})).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no database of the reference registry'),
    });
    expect(await run(GIVEN_SECRETS)).toMatchObject({
      code: 2,
      stderr: 'Configuration: SECRET_KEY and SECRET_KEY_FILE are both set; set one of them\n',
    });
    // What it writes into the audit trail could never be sealed.
    expect(await run({ SECRET_KEY_FILE: '' })).toMatchObject({
      code: 2,
      stderr:
        'SECRET_KEY is not set, the one that the service has: what an import writes into the audit trail, and the keys it issues, are signed with it\n',
    });
    await rm(directory, { recursive: true });
    await empty.drop();
  });

  it('refuses a database that is none of the reference, without telling the password', async () => {
    const empty = await createTestDatabase({ migrated: false });
    const { code, stdout, stderr } = await runImport(['reference', '-'], {
      databaseUrl: target.url,
      sourceUrl: empty.url,
    });
    await empty.drop();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /is no database of the reference registry: its table applications lacks id, appKey, name\.\n$/,
    );
    const { password } = new URL(empty.url);
    if (password !== '') expect(stderr).not.toContain(password);
  });
});

async function fill(source: TestDatabase): Promise<void> {
  await insertRows(
    source,
    'applications',
    {
      id: 'cuid1',
      name: 'Bestellungen 🛒',
      description: 'Für Köln',
      appKey: 'orders',
      healthCheckUrl: 'https://orders.example.com/health',
      healthStatus: 'ACTIVE',
      lastHealthCheckAt: '2024-03-04 05:06:07.89',
      consecutiveSuccesses: 7,
    },
    {
      id: 'cuid2',
      name: 'Legacy',
      appKey: 'legacy',
      status: 'DISABLED',
      authenticationMethod: 'BEARER',
      healthCheckUrl: 'ftp://legacy.example.com',
      healthStatus: 'INACTIVE',
      lastHealthCheckAt: '2024-03-04 05:06:07.89',
      consecutiveFailures: 2,
    },
    { id: 'cuid3', name: 'x'.repeat(1_000_000), appKey: 'too-long' },
    { id: 'cuid4', name: 'Many', appKey: 'many' },
  );
  const environment = { description: null, status: 'ACTIVE', baseDomain: null, healthStatus: 'UNKNOWN' };
  await insertRows(
    source,
    'environments',
    {
      id: 'env-prod',
      name: 'production',
      applicationId: 'cuid1',
      description: 'Live',
      baseDomain: 'orders.example.com',
      healthStatus: 'INACTIVE',
      lastHealthCheckAt: '2024-03-04 05:06:07.89',
      vaultKey: 'of the environment',
      customPrompt: 'Frag zuerst',
    },
    { ...environment, id: 'env-stage', name: 'staging', applicationId: 'cuid1', status: 'INACTIVE' },
    {
      ...environment,
      id: 'env-agent',
      name: 'warehouse',
      applicationId: 'cuid1',
      environmentType: 'DATA_AGENT',
    },
    { ...environment, id: 'env-bad', name: 'pre production', applicationId: 'cuid2' },
    { ...environment, id: 'env4', name: 'production', applicationId: 'cuid4', vaultKey: 'vault://many' },
  );
  await insertRows(source, 'environment_security', {
    id: 'security-1',
    environmentId: 'env-prod',
    vaultKey: 'vault://orders',
    rateLimitRequests: 100,
    rateLimitWindow: 60,
  });
  const ofOrders = { applicationId: 'cuid1', environmentId: 'env-prod' };
  await insertRows(
    source,
    'endpoints',
    {
      ...ofOrders,
      id: 'ep-1',
      name: 'Aufträge',
      path: '/orders',
      method: 'get',
      description: '全部の注文',
      isPublic: true,
      queryParams: '{"type":"object", "z":1, "a":{"ü":"€"}}',
      requestBody: '',
      responseBody: '[1, 2]',
    },
    {
      ...ofOrders,
      id: 'ep-broken',
      name: 'Broken',
      path: '/broken',
      method: 'GET',
      description: 'x'.repeat(300_000),
      pathParams: '{"id":1}',
      queryParams: '{"id":',
    },
    { id: 'ep-none', name: 'Without environment', path: '/none', method: 'POST', applicationId: 'cuid1' },
    { ...ofOrders, id: 'ep-repeated', name: 'Again', path: '/orders', method: 'GET' },
    { ...ofOrders, id: 'ep-method', name: 'No method', path: '/method', method: '' },
  );
  await source.query(
    `INSERT INTO endpoints (id, name, path, method, "requestBody", "applicationId", "environmentId")
     SELECT 'many-' || n, 'Operation ' || n, '/operations/' || n, 'POST', '{"n": ' || n || '}', 'cuid4', 'env4'
     FROM generate_series(1, $1::integer) n`,
    [MANY],
  );
  const hashed = async (key: string, prefix = '$2b$'): Promise<string> =>
    (await hash(key, 4)).replace(/^\$2[aby]\$/, prefix);
  const key = (id: string, token: string, more: object = {}): Record<string, unknown> => ({
    ...ofOrders,
    id,
    name: id,
    token,
    status: 'ACTIVE',
    expiresAt: null,
    lastUsed: null,
    ...more,
  });
  await insertRows(
    source,
    'api_keys',
    key('key-2b', await hashed(KEYS.production), { lastUsed: '2024-04-05 06:07:08.9' }),
    key('key-2y', await hashed(KEYS.staging, '$2y$'), { environmentId: 'env-stage' }),
    key('key-2a', await hashed(KEYS.older, '$2a$'), { expiresAt: '2099-01-01 00:00:00' }),
    key('key-revoked', await hashed('revoked'), { status: 'REVOKED' }),
    key('key-expired', await hashed('expired'), { expiresAt: '2024-01-01 00:00:00' }),
    key('key-md5', '5f4dcc3b5aa765d61d8327deb882cf99'),
    key('key-slow', `$2b$16$${'a'.repeat(53)}`),
    key('key-agent', await hashed('agent'), { environmentId: 'env-agent' }),
  );
  await source.query(
    `INSERT INTO health_check_logs (id, "applicationId", "environmentId", status, "statusCode", "responseTime", message, "createdAt")
     SELECT 'check-' || n, 'cuid1', CASE WHEN n % 2 = 0 THEN 'env-prod' END,
            CASE WHEN n % 10 = 0 THEN 'failure' ELSE 'success' END, CASE WHEN n % 10 = 0 THEN 503 ELSE 200 END, 0.25,
            repeat('Health check successful ', 100), (now() AT TIME ZONE 'UTC') - n * interval '4 minutes'
     FROM generate_series(1, $1::integer) n`,
    [RECENT_CHECKS],
  );
  await source.query(
    `INSERT INTO health_check_logs (id, "applicationId", status, "createdAt")
     SELECT 'old-' || n, 'cuid1', 'success', (now() AT TIME ZONE 'UTC') - interval '60 days' - n * interval '1 minute'
     FROM generate_series(1, $1::integer) n`,
    [OLD_CHECKS],
  );
  const anHourAgo = Date.now() - 3_600_000;
  const at = (milliseconds: number): string => new Date(anHourAgo + milliseconds).toISOString();
  const check = { applicationId: 'cuid1', environmentId: null, status: 'error', createdAt: at(0) };
  await insertRows(
    source,
    'health_check_logs',
    { ...check, id: 'odd-1', statusCode: null, responseTime: 3, message: 'Request error' },
    { ...check, id: 'odd-2', statusCode: null, responseTime: 3, message: 'at the same time' },
    { ...check, id: 'odd-3', environmentId: 'env-agent', createdAt: at(1) },
    { ...check, id: 'odd-4', status: 'perhaps', createdAt: at(2) },
    { ...check, id: 'odd-5', statusCode: 100_000, createdAt: at(3) },
  );
  await source.query(
    `INSERT INTO audit_logs (id, action, details, "createdAt", "applicationId")
     SELECT 'bulk-' || n, 'UPDATED', repeat('details ', 1000), '2024-01-01', 'cuid4' FROM generate_series(1, 500) n`,
  );
  await insertRows(
    source,
    'audit_logs',
    {
      id: 'audit-1',
      action: 'APPLICATION_CREATED',
      details: '{"by": "someone"}',
      ipAddress: '192.0.2.1',
      userAgent: 'curl/8',
      createdAt: '2024-01-01 12:00:00.123',
      applicationId: 'cuid1',
    },
    {
      id: 'audit-2',
      action: 'STARTED',
      details: 'just words',
      createdAt: '2024-01-01 12:00:00',
      applicationId: null,
    },
    {
      id: 'audit-3',
      action: 'DELETED',
      details: null,
      createdAt: '2024-01-01 12:00:00',
      applicationId: 'gone',
    },
  );
}
