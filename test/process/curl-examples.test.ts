import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type CommandResult, runCommand } from '../support/run-command.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/curl/', import.meta.url));
const KEY = /^mcp_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\n$/;

describe('the curl examples', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  function run(script: string, parameters: readonly string[] = [], keys = {}): Promise<CommandResult> {
    return runCommand('sh', [join(EXAMPLES, script), ...parameters], {
      cwd: EXAMPLES,
      env: { MCP_REGISTRY_URL: app.url, ...keys },
    });
  }

  /** Runs a script that must succeed and print JSON. */
  async function answer(script: string, parameters: readonly string[], keys = {}): Promise<unknown> {
    const { code, stdout, stderr } = await run(script, parameters, keys);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  async function issuedKey(...parameters: string[]): Promise<string> {
    const { code, stdout } = await run('issue-key.sh', parameters, AS_OPERATOR);
    expect(code).toBe(0);
    expect(stdout).toMatch(KEY);
    return stdout.trim();
  }

  const AS_OPERATOR = { MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY };
  const asOrders = (apiKey: string): Record<string, string> => ({
    MCP_REGISTRY_APP_KEY: 'orders',
    MCP_REGISTRY_API_KEY: apiKey,
  });

  it('take an application from its creation to its endpoints', async () => {
    expect(await answer('create-application.sh', ['application.json'], AS_OPERATOR)).toMatchObject({
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging', baseDomain: 'orders.staging.example.com' }],
    });
    const production = asOrders(await issuedKey('orders'));

    expect(await answer('update-application.sh', ['application-update.json'], production)).toMatchObject({
      name: 'Orders',
      description: 'Takes, tracks and cancels orders',
      healthCheckUrl: '/actuator/health',
    });

    expect(await answer('register-endpoints.sh', ['--dry-run', 'endpoints.json'], production)).toMatchObject({
      added: 3,
      changes: [{ change: 'added' }, { change: 'added' }, { change: 'added' }],
    });
    expect(await app.database.query('SELECT * FROM "Endpoint"')).toEqual([]);
    expect(await answer('register-endpoints.sh', ['endpoints.json'], production)).toEqual({
      added: 3,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      message: '3 endpoints registered in production: 3 added, 0 updated, 0 deleted, 0 unchanged',
    });
    expect(await answer('register-endpoints.sh', ['endpoints.json'], production)).toMatchObject({
      added: 0,
      unchanged: 3,
    });

    const listed = {
      environment: { name: 'production', baseDomain: 'orders.example.com' },
      endpoints: [
        { method: 'GET', path: '/orders', name: 'List orders' },
        { method: 'POST', path: '/orders', contentType: 'application/json' },
        { method: 'GET', path: '/orders/{orderId}', pathParams: { required: ['orderId'] } },
      ],
    };
    expect(await answer('list-endpoints.sh', ['orders'])).toMatchObject(listed);
    expect(
      await answer('list-endpoints.sh', ['orders', 'production'], {
        MCP_REGISTRY_API_KEY: production.MCP_REGISTRY_API_KEY,
      }),
    ).toMatchObject(listed);
    expect(
      await app.database.query(
        `SELECT "action", "actor" FROM "AuditLog" WHERE "appKey" = 'orders' ORDER BY "createdAt"`,
      ),
    ).toEqual([
      { action: 'application.created', actor: 'admin' },
      { action: 'api-key.issued', actor: 'admin' },
      { action: 'application.updated', actor: 'application' },
      { action: 'endpoints.registered', actor: 'application' },
    ]);
  });

  it('speak as existing clients do', async () => {
    const staging = asOrders(await issuedKey('orders', 'staging', 'the "old" client\\sdk'));
    expect(await app.database.query(`SELECT "name" FROM "ApiKey" ORDER BY "createdAt" DESC LIMIT 1`)).toEqual(
      [{ name: 'the "old" client\\sdk' }],
    );
    await app.database.query(`UPDATE "Application" SET "healthCheckUrl" = NULL`);

    // No X-Environment with a key of staging, a path as the URL, and a field the registry does not know.
    await answer('update-application.sh', ['existing-client-update.json'], staging);
    expect(await app.database.query('SELECT "name", "healthCheckUrl" FROM "Application"')).toEqual([
      { name: 'Orders', healthCheckUrl: '/actuator/health' },
    ]);

    expect(await answer('register-endpoints.sh', ['existing-client-endpoints.json'], staging)).toMatchObject({
      added: 2,
      deleted: 0,
    });
    expect(
      await app.database.query(
        `SELECT p.* FROM "Endpoint" p JOIN "Environment" e ON e."id" = p."environmentId"
         WHERE e."name" = 'staging' ORDER BY p."path"`,
      ),
    ).toMatchObject([
      { path: '/actuator/health', method: 'GET', isPublic: true, contentType: null, pathParams: null },
      {
        path: '/orders/{orderId}',
        method: 'GET',
        isPublic: false,
        authType: 'BEARER',
        contentType: null,
        pathParams: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
        queryParams: { type: 'object', properties: { expand: { type: 'string' } } },
        responseBody: { type: 'object', properties: { id: { type: 'string' } } },
      },
    ]);
    expect(await answer('register-endpoints.sh', ['existing-client-endpoints.json'], staging)).toMatchObject({
      added: 0,
      updated: 0,
      unchanged: 2,
    });
  });

  it('fail and show the problem when the registry refuses', async () => {
    const wrongAdmin = { MCP_REGISTRY_ADMIN_KEY: 'wrong' };
    const wrongKey = asOrders('wrong');
    const calls: [string, string[], Record<string, string>][] = [
      ['create-application.sh', ['application.json'], wrongAdmin],
      ['issue-key.sh', ['orders'], wrongAdmin],
      ['update-application.sh', ['application-update.json'], wrongKey],
      ['register-endpoints.sh', ['endpoints.json'], wrongKey],
    ];
    for (const [script, parameters, keys] of calls) {
      const { code, stdout, stderr } = await run(script, parameters, keys);
      expect({ script, code }).toEqual({ script, code: 22 });
      expect(`${stdout}${stderr}`).toContain('"title":"Credentials refused","status":401');
    }
    const unknown = await run('list-endpoints.sh', ['absent']);
    expect(unknown.code).toBe(22);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ title: 'Application not found', status: 404 });
    const refused = await run('issue-key.sh', ['orders'], wrongAdmin);
    expect(refused.stdout).toBe('');
  });

  it('say how they are used, and stop at a wrong call before asking the registry', async () => {
    const scripts = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.sh'));
    expect(scripts).toHaveLength(5);
    for (const script of scripts) {
      const help = await run(script, ['--help']);
      expect(help).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`Usage: ${script} `),
        stderr: '',
      });
      const wrong = await run(script);
      expect(wrong).toEqual({ code: 2, stdout: '', stderr: help.stdout });
    }
    const noFile = await run('create-application.sh', ['absent.json'], AS_OPERATOR);
    expect(noFile).toEqual({ code: 2, stdout: '', stderr: 'absent.json cannot be read\n' });
    const noKey = await run('create-application.sh', ['application.json']);
    expect(noKey.code).not.toBe(0);
    expect(noKey.stderr).toContain('MCP_REGISTRY_ADMIN_KEY: is not set');
    expect(await app.database.query('SELECT count(*)::int AS "count" FROM "Application"')).toEqual([
      { count: 1 },
    ]);
  });
});
