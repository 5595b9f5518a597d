import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compare } from 'bcryptjs';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { hasRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.js';
import type { CommandResult } from '../support/run-command.js';
import {
  type ImportSummary,
  type ImportSurroundings,
  runImport,
  startImport,
  summaryOf,
} from '../support/run-import.js';
import { everyTable } from '../support/table-text.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const PREFIX = 'com.autogentmcp.registry:app:';
const MANY = 5000;
const LONG_PATH = `/${'long/'.repeat(60)}`;

(hasRedisServer() ? describe : describe.skip)('import redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    redis = await startRedisServer();
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'registry-import-'));
    await fill();
  });

  afterAll(async () => {
    await redis.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const application = (appKey: string, fields: object = {}): Promise<unknown> =>
    redis.client.set(
      `${PREFIX}${appKey}`,
      JSON.stringify({
        app_key: appKey,
        app_description: '',
        base_domain: '',
        app_healthcheck_endpoint: '',
        security: {},
        status: 'enabled',
        ...fields,
      }),
    );

  const endpoints = (appKey: string, ...items: readonly (object | string)[]): Promise<unknown> =>
    redis.client.rPush(
      `${PREFIX}${appKey}:endpoints`,
      items.map((item) => (typeof item === 'string' ? item : JSON.stringify({ app_key: appKey, ...item }))),
    );

  async function fill(): Promise<void> {
    await application('orders', {
      app_description: 'Bestellungen für Köln 🛒',
      base_domain: 'http://localhost:8080',
      app_healthcheck_endpoint: '/health',
      security: { type: 'apiKey', header: 'X-Key', secret_ref: 'vault://orders', value: 'not to be told' },
    });
    await endpoints(
      'orders',
      { endpoint_uri: '/orders/{id}', endpoint_description: 'One order', path_params: { id: 'number' } },
      {
        endpoint_uri: 'orders',
        method: 'post',
        request_body: '{"type":"object","b":1,"a":2}',
        security: { type: 'none' },
      },
      {
        endpoint_uri: '/orders',
        method: 'GET',
        query_params: 'page, from 1 on',
        path_params: {},
        security: '',
      },
      {
        endpoint_uri: '/orders/{id}/lines',
        method: 'GET',
        parameter_details: { id: { type: 'string' }, limit: { type: 'integer' } },
        security: '{"type":"http","scheme":"bearer"}',
      },
      { endpoint_uri: LONG_PATH, method: 'GET' },
    );
    await application('legacy', {
      status: 'disabled',
      app_healthcheck_endpoint: 'https://legacy.example.com/up',
    });
    await application('parts', {
      base_domain: 'http://169.254.169.254',
      app_description: 'x'.repeat(10_001),
    });
    await endpoints(
      'parts',
      { endpoint_uri: '/fine', method: 'GET' },
      '{"endpoint_uri": "/broken',
      { endpoint_uri: '/fine' },
      { endpoint_uri: 'https://elsewhere.example.com/x', method: 'GET' },
      { app_key: 'orders', endpoint_uri: '/other', method: 'GET' },
      { endpoint_uri: '/method', method: 'FETCH' },
    );
    await application('many');
    await endpoints(
      'many',
      ...Array.from({ length: MANY }, (_, n) => ({ endpoint_uri: `/operations/${n}`, method: 'DELETE' })),
    );
    await redis.client.set(`${PREFIX}broken`, '{"app_key": "broken"');
    await redis.client.hSet(`${PREFIX}hash`, 'app_key', 'hash');
    await application('mixed', { app_key: 'orders' });
    await application('paused', { status: 'paused' });
    await application('Größe');
    await endpoints('absent', { endpoint_uri: '/lost', method: 'GET' });
    await redis.client.set('another:application', 'is none of our business');
  }

  const run = (
    parameters: readonly string[] = [],
    surroundings: ImportSurroundings = {},
  ): Promise<CommandResult> =>
    runImport(['redis', '-', '--json', '--keys-file', 'keys.jsonl', ...parameters], {
      databaseUrl: database.url,
      sourceUrl: redis.url,
      cwd: directory,
      ...surroundings,
    });

  const keyLines = async (): Promise<{ appKey: string; environment: string; apiKey: string }[]> =>
    (await readFile(join(directory, 'keys.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { appKey: string; environment: string; apiKey: string });

  const NOTHING = { added: 0, updated: 0, deleted: 0, unchanged: 0, kept: 0, skipped: 0 };
  const NOTES = `"disabled" of 1 application is the result of a health check in Redis: no status is taken from it, and the next health check here decides.\nLeft out, with the number of records: security value (1).\n`;
  const PROBLEMS = [
    [`${PREFIX}absent:endpoints`, 'belongs to no application'],
    [`${PREFIX}Größe`, expect.stringContaining('appKey must be a string')],
    [`${PREFIX}broken`, 'is not a JSON object'],
    [`${PREFIX}hash`, 'is a hash, not a string of JSON'],
    [`${PREFIX}mixed`, 'has another app_key: "orders"'],
    [`${PREFIX}parts:endpoints[1]`, 'is not a JSON object'],
    [`${PREFIX}parts:endpoints[4]`, 'has another app_key: "orders"'],
    [`${PREFIX}parts`, 'description must be a string of at most 10000 characters'],
    [`${PREFIX}parts`, expect.stringMatching(/^baseDomain 169\.254\.169\.254 is refused/)],
    [`${PREFIX}parts:endpoints[2]`, 'repeats GET /fine: the first one counts'],
    [
      `${PREFIX}parts:endpoints[3]`,
      expect.stringMatching(/^path must be a string .* a path such as \/orders\/\{orderId\}$/),
    ],
    [`${PREFIX}parts:endpoints[5]`, expect.stringMatching(/^method must be one of GET, /)],
    [`${PREFIX}paused`, 'has the status "paused", which is neither "enabled" nor "disabled"'],
  ];

  const expectProblems = ({ numberOfProblems, problems }: ImportSummary): void => {
    expect(problems.map(({ record, detail }) => [record, detail])).toEqual(PROBLEMS);
    expect(numberOfProblems).toBe(PROBLEMS.length);
  };

  it('says on a dry run what it would do, and does nothing', async () => {
    const before = await everyTable({ database });
    const result = await run(['--dry-run'], { ownProcess: true });
    expect({ code: result.code, stderr: result.stderr }).toEqual({
      code: 1,
      stderr: `${NOTES}${PROBLEMS.length} problems: the rest is fine.\n`,
    });
    const summary = summaryOf(result);
    expectProblems(summary);
    expect(summary).toMatchObject({
      dryRun: true,
      summary: {
        applications: { added: 4, skipped: 5 },
        endpoints: { added: MANY + 6, skipped: 5 },
        apiKeys: { added: 4 },
      },
    });
    expect(await everyTable({ database })).toEqual(before);
    await expect(stat(join(directory, 'keys.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('makes of it exactly what it describes', async () => {
    const result = await run([], { ownProcess: true });
    expect(result.stderr).toBe(
      `${NOTES}New API keys are in keys.jsonl.\n${PROBLEMS.length} problems: the rest is imported.\n`,
    );
    expect(result.code).toBe(1);
    const summary = summaryOf(result);
    expectProblems(summary);
    expect(summary.summary).toEqual({
      applications: { ...NOTHING, added: 4, skipped: 5 },
      environments: { ...NOTHING, added: 4 },
      endpoints: { ...NOTHING, added: MANY + 6, skipped: 5 },
      apiKeys: { ...NOTHING, added: 4 },
      healthChecks: NOTHING,
      auditEntries: NOTHING,
    });
    expect(
      await database.query(
        `SELECT a."appKey", a."name", a."description", a."status", a."authenticationMethod", a."healthCheckUrl",
                e."name" AS "environment", e."baseDomain", e."status" AS "environmentStatus",
                (SELECT count(*)::integer FROM "Endpoint" n WHERE n."environmentId" = e."id") AS "endpoints",
                (SELECT count(*)::integer FROM "HealthTarget" t WHERE t."applicationId" = a."id") AS "targets"
         FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" ORDER BY 1`,
      ),
    ).toEqual(
      [
        {
          appKey: 'legacy',
          healthCheckUrl: 'https://legacy.example.com/up',
          endpoints: 0,
        },
        { appKey: 'many', endpoints: MANY },
        {
          appKey: 'orders',
          description: 'Bestellungen für Köln 🛒',
          healthCheckUrl: '/health',
          baseDomain: 'http://localhost:8080',
          endpoints: 5,
        },
        { appKey: 'parts', endpoints: 1 },
      ].map((row) => ({
        name: row.appKey,
        description: null,
        status: 'ACTIVE',
        authenticationMethod: 'API_KEY',
        healthCheckUrl: null,
        environment: 'production',
        baseDomain: null,
        environmentStatus: 'ACTIVE',
        targets: 2,
        ...row,
      })),
    );
  });

  it('makes endpoints with names, parameters and security', async () => {
    const rows = await database.query(
      `SELECT n."name", n."path", n."method", n."description", n."isPublic", n."authType", n."authConfig"::text,
              n."pathParams"::text, n."queryParams"::text, n."requestBody"::text, n."responseBody"
       FROM "Endpoint" n JOIN "Environment" e ON e."id" = n."environmentId"
       JOIN "Application" a ON a."id" = e."applicationId" WHERE a."appKey" = 'orders' ORDER BY n."path", n."method"`,
    );
    const bearer = { authType: 'BEARER', authConfig: '{"scheme":"bearer"}' };
    const open = { authType: null, authConfig: null };
    expect(rows).toEqual(
      [
        { method: 'GET', path: LONG_PATH, name: expect.stringMatching(/^GET \/long\/.{236}~[0-9a-f]{8}$/) },
        { method: 'GET', path: '/orders', queryParams: '"page, from 1 on"', ...open },
        {
          method: 'POST',
          path: '/orders',
          isPublic: true,
          requestBody: '{"type":"object","b":1,"a":2}',
          ...open,
        },
        { method: 'GET', path: '/orders/{id}', description: 'One order', pathParams: '{"id":"number"}' },
        {
          method: 'GET',
          path: '/orders/{id}/lines',
          pathParams: '{"id":{"type":"string"}}',
          queryParams: '{"limit":{"type":"integer"}}',
          ...bearer,
        },
      ].map((row) => ({
        name: `${row.method} ${row.path}`,
        description: null,
        isPublic: false,
        authType: 'API_KEY',
        authConfig: '{"header":"X-Key","secret_ref":"vault://orders"}',
        pathParams: null,
        queryParams: null,
        requestBody: null,
        responseBody: null,
        ...row,
      })),
    );
  });

  it('writes a new key of each application into a file that only its owner can read', async () => {
    const lines = await keyLines();
    expect(lines.map(({ appKey, environment }) => [appKey, environment])).toEqual(
      ['legacy', 'many', 'orders', 'parts'].map((appKey) => [appKey, 'production']),
    );
    expect((await stat(join(directory, 'keys.jsonl'))).mode & 0o777).toBe(0o600);
    const hashes = await database.query<{ appKey: string; hashedKey: string; isActive: boolean }>(
      `SELECT a."appKey", k."hashedKey", k."isActive" FROM "ApiKey" k JOIN "Environment" e ON e."id" = k."environmentId"
       JOIN "Application" a ON a."id" = e."applicationId" ORDER BY 1`,
    );
    expect(hashes).toHaveLength(4);
    for (const [index, { apiKey }] of lines.entries()) {
      expect(await compare(apiKey, hashes[index]?.hashedKey ?? '')).toBe(true);
    }
  });

  it('leaves the entries of every change, in the name of the command line', async () => {
    const entries = await database.query(
      `SELECT "appKey", "actor", "action" FROM "AuditLog" WHERE "appKey" IN ('orders', 'legacy') ORDER BY 1, 3`,
    );
    expect(entries.map(({ appKey, action }) => [appKey, action])).toEqual([
      ['legacy', 'api-key.issued'],
      ['legacy', 'application.created'],
      ['legacy', 'environment.created'],
      ['orders', 'api-key.issued'],
      ['orders', 'application.created'],
      ['orders', 'endpoints.registered'],
      ['orders', 'environment.created'],
    ]);
    expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(['cli']));
    const [secrets] = await database.query(
      `SELECT count(*)::integer AS "count" FROM "AuditLog" t WHERE t::text ~ 'mcp_[0-9a-f]{16}_|not to be told'`,
    );
    expect(secrets).toEqual({ count: 0 });
  });

  it('changes nothing when it runs again', async () => {
    const [tables, keys] = [await everyTable({ database }), await keyLines()];
    const result = await run();
    expect(summaryOf(result).summary).toEqual({
      applications: { ...NOTHING, unchanged: 4, skipped: 5 },
      environments: { ...NOTHING, unchanged: 4 },
      endpoints: { ...NOTHING, unchanged: MANY + 6, skipped: 5 },
      apiKeys: { ...NOTHING, unchanged: 4 },
      healthChecks: NOTHING,
      auditEntries: NOTHING,
    });
    expect(await everyTable({ database })).toEqual(tables);
    expect(await keyLines()).toEqual(keys);
  });

  it('writes the differences when the source has changed, and what was given here stays', async () => {
    await database.query(`UPDATE "Application" SET "name" = 'Old orders' WHERE "appKey" = 'orders'`);
    await application('legacy', { app_description: 'Back again' });
    await application('new');
    await redis.client.lSet(
      `${PREFIX}orders:endpoints`,
      0,
      JSON.stringify({
        endpoint_uri: '/orders/{id}',
        endpoint_description: 'An order',
        path_params: { id: 'number' },
      }),
    );
    await redis.client.lRem(
      `${PREFIX}orders:endpoints`,
      1,
      (await redis.client.lIndex(`${PREFIX}orders:endpoints`, 4)) ?? '',
    );
    // Of a list that cannot be read whole nothing is taken for deleted.
    await redis.client.lSet(`${PREFIX}parts:endpoints`, 0, '{');
    const result = await run(['--environment', 'production'], { env: { API_KEY_MAX_DAYS: '90' } });
    expect(result.stderr).toContain(
      'New API keys are in keys.jsonl. They are accepted for 90 days (API_KEY_MAX_DAYS).\n',
    );
    expect(
      await database.query(
        `SELECT "expiresAt" BETWEEN now() + interval '89 days' AND now() + interval '90 days' AS "isLimited", count(*)::int
         FROM "ApiKey" GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { isLimited: true, count: 1 },
      { isLimited: null, count: 4 },
    ]);
    const { summary } = summaryOf(result);
    expect(summary).toMatchObject({
      applications: { added: 1, updated: 1, unchanged: 3 },
      environments: { added: 1, updated: 0, unchanged: 4 },
      apiKeys: { added: 1, unchanged: 4 },
    });
    expect(
      await database.query(`SELECT "appKey", "name", "status", "description" FROM "Application" ORDER BY 1`),
    ).toEqual([
      { appKey: 'legacy', name: 'legacy', status: 'ACTIVE', description: 'Back again' },
      { appKey: 'many', name: 'many', status: 'ACTIVE', description: null },
      { appKey: 'new', name: 'new', status: 'ACTIVE', description: null },
      { appKey: 'orders', name: 'Old orders', status: 'ACTIVE', description: 'Bestellungen für Köln 🛒' },
      { appKey: 'parts', name: 'parts', status: 'ACTIVE', description: null },
    ]);
    expect(summary.endpoints).toEqual({
      added: 0,
      updated: 1,
      deleted: 1,
      kept: 0,
      unchanged: MANY + 4,
      skipped: 5,
    });
    expect((await keyLines()).map(({ appKey }) => appKey)).toEqual([
      'legacy',
      'many',
      'orders',
      'parts',
      'new',
    ]);
  });

  it('leaves out what was deleted here, and issues no key for it, unless it overwrites', async () => {
    await database.query(`DELETE FROM "Application" WHERE "appKey" = 'new'`);
    const before = await keyLines();
    const { kept, summary } = summaryOf(await run());
    expect(kept).toEqual([
      { record: `${PREFIX}new`, detail: 'the application new was deleted or renamed here' },
    ]);
    expect(summary).toMatchObject({
      applications: { added: 0, kept: 1 },
      apiKeys: { added: 0, unchanged: 4 },
    });
    expect(await keyLines()).toEqual(before);
    const overwritten = summaryOf(await run(['--overwrite']));
    expect(overwritten.kept).toEqual([]);
    expect(overwritten.summary).toMatchObject({ applications: { added: 1 }, apiKeys: { added: 1 } });
    expect((await keyLines()).slice(before.length).map(({ appKey }) => appKey)).toEqual(['new']);
  });

  it('takes the key back out of the file when its application cannot be committed', async () => {
    await database.query(
      `CREATE FUNCTION "refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'serialization_failure'; END $$`,
    );
    await database.query(
      `CREATE CONSTRAINT TRIGGER "refuse" AFTER INSERT ON "Application" DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NEW."appKey" = 'unlucky') EXECUTE FUNCTION "refuse"()`,
    );
    await application('unlucky');
    await application('zebra');
    const before = await readFile(join(directory, 'keys.jsonl'), 'utf8');
    const { summary, problems } = summaryOf(await run());
    await database.query(`DROP TRIGGER "refuse" ON "Application"`);
    expect(problems).toContainEqual({
      record: `${PREFIX}unlucky`,
      detail: 'The change collided with another one and was undone. Try again.',
    });
    expect(summary.applications).toEqual({ ...NOTHING, added: 1, unchanged: 5, skipped: 6 });
    const lines = await keyLines();
    expect(lines.slice(-1).map(({ appKey }) => appKey)).toEqual(['zebra']);
    expect(await readFile(join(directory, 'keys.jsonl'), 'utf8')).toBe(
      `${before}${JSON.stringify(lines.at(-1))}\n`,
    );
    expect(await database.query(`SELECT 1 FROM "Application" WHERE "appKey" = 'unlucky'`)).toEqual([]);
  });

  describe('ends before its time', () => {
    const TOTAL = 400;
    let source: RedisServer;
    let target: TestDatabase;

    beforeAll(async () => {
      source = await startRedisServer();
      target = await createTestDatabase();
      for (let n = 0; n < TOTAL; n++) {
        await source.client.set(`${PREFIX}app-${n}`, JSON.stringify({ app_key: `app-${n}` }));
      }
    });

    afterAll(async () => {
      await source.stop();
      await target.drop();
    });

    const count = async (): Promise<number> => (await target.query('SELECT 1 FROM "ApiKey"')).length;

    /** Starts an import and ends it when it has written something. */
    const endedBy = async (
      end: (child: ChildProcess) => unknown,
    ): Promise<{ code: unknown; stderr: string }> => {
      const before = await count();
      const child = startImport(['redis'], {
        databaseUrl: target.url,
        cwd: directory,
        env: { MCP_REGISTRY_IMPORT_URL: source.url },
      });
      const stderr = child.stderr === null ? Promise.resolve('') : text(child.stderr);
      child.stdout?.resume();
      const closed = once(child, 'close');
      await eventually(async () => (await count()) > before);
      await end(child);
      const [code] = (await closed) as unknown[];
      return { code, stderr: await stderr };
    };

    it('on Ctrl-C, after the current application, and says where it stands', async () => {
      const { code, stderr } = await endedBy((child) => child.kill('SIGINT'));
      expect(stderr).toContain(
        `Interrupted after ${await count()} of ${TOTAL} applications. Everything written is complete; run it again to continue.`,
      );
      expect(code).toBe(130);
      expect(await target.query('SELECT "id" FROM "Application"')).toHaveLength(await count());
    });

    it('when the source goes away, and says the same', async () => {
      const { code, stderr } = await endedBy(() => source.stop());
      expect(stderr).toMatch(/\nredis:\/\/:\*\*\*@127\.0\.0\.1:\d+\/0 cannot be read: /);
      expect(stderr).toContain(
        `The import ended after ${await count()} of ${TOTAL} applications. Everything written is complete; run it again to continue.`,
      );
      expect(code).toBe(1);
    });
  });

  describe('refuses', () => {
    const refused = async (
      parameters: readonly string[],
      surroundings: Parameters<typeof runImport>[1],
    ): Promise<string> => {
      const { code, stdout, stderr } = await runImport(parameters, { cwd: directory, ...surroundings });
      expect(stdout).toBe('');
      return `${code}: ${stderr}`;
    };

    it('to work without a database, and says how to reach the embedded one', async () => {
      expect(await refused(['redis', redis.url], {})).toMatch(
        /^2: DATABASE_URL is not set: [^]*export DATABASE_URL="postgres:\/\/mcp_registry:\$\(cat \.data\/postgres-password\)@/,
      );
    });

    it('URLs of another kind, none at all, and environments that cannot be', async () => {
      const databaseUrl = database.url;
      expect(await refused(['redis', 'http://:secret@localhost'], { databaseUrl })).toBe(
        '2: The URL to import from is not one such as redis://user:password@host:6379/0.\n',
      );
      expect(await refused(['redis'], { databaseUrl })).toMatch(/^2: The URL to import from is missing/);
      expect(
        await refused(['redis', '-', '--environment', 'a b'], { databaseUrl, sourceUrl: redis.url }),
      ).toMatch(/^2: --environment: must be a string/);
    });

    it('a Redis that does not answer or accept it, without telling the password', async () => {
      const wrong = redis.url.replace(redis.password, 'wrong-password');
      const answers = [
        await refused(['redis', '-'], { databaseUrl: database.url, sourceUrl: wrong }),
        await refused(['redis', '-'], {
          databaseUrl: database.url,
          sourceUrl: 'redis://:wrong-password@127.0.0.1:1',
        }),
      ];
      expect(answers).toEqual([
        expect.stringMatching(/^1: redis:\/\/:\*\*\*@127\.0\.0\.1:\d+\/0 cannot be read: WRONGPASS/),
        expect.stringMatching(/^1: redis:\/\/:\*\*\*@127\.0\.0\.1:1 cannot be read: .*ECONNREFUSED/),
      ]);
    });

    it('a database that is not migrated, and a file of keys that others can read', async () => {
      const empty = await createTestDatabase({ migrated: false });
      const sourceUrl = redis.url;
      expect(await refused(['redis', '-'], { databaseUrl: empty.url, sourceUrl })).toMatch(
        /^1: The registry's database lacks CreateRegistry1763798400000, .*: run mcp-registry migrate/,
      );
      await empty.drop();
      const target = await createTestDatabase();
      const file = join(directory, 'open.jsonl');
      await writeFile(file, '');
      await chmod(file, 0o644);
      const { code, stderr } = await runImport(['redis', '-', '--keys-file', file], {
        databaseUrl: target.url,
        sourceUrl,
      });
      expect(code).toBe(1);
      expect(stderr).toContain(
        `\n--keys-file: others can read ${file}: chmod 600 it, or name another file\n`,
      );
      expect(await target.query('SELECT 1 FROM "Application"')).toEqual([]);
      await target.drop();
    });
  });
});
