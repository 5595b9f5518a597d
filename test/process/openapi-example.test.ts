import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { type Endpoint, endpointsOf } from '../../examples/openapi/endpoints-of.js';
import { OpenApiDocument } from '../../examples/openapi/openapi-document.js';
import { createApplication, issueKey } from '../support/builders.js';
import { type CommandResult, runCommand } from '../support/run-command.js';
import { startApp, type TestApp } from '../support/start-app.js';

const SCRIPT = fileURLToPath(new URL('../../examples/openapi/register-openapi.js', import.meta.url));
const FIGMA = fileURLToPath(
  new URL('../../../node_modules/@figma/rest-api-spec/openapi/openapi.yaml', import.meta.url),
);
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Enough of a description where what it describes does not matter. */
const SMALL = { openapi: '3.1.0', paths: { '/small': { get: { responses: {} } } } };

interface Operation {
  description?: string;
  [member: string]: unknown;
}
/** As much of the description as the tests change. */
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

describe('the OpenAPI example on the Figma REST API', () => {
  let app: TestApp;
  let folder: string;
  let apiKey: string;
  let original: Description;

  beforeAll(async () => {
    app = await startApp();
    folder = await mkdtemp(join(tmpdir(), 'registry-openapi-'));
    original = parse(await readFile(FIGMA, 'utf8')) as Description;
    await writeFile(join(folder, 'small.yaml'), stringify(SMALL));
    await createApplication(app, {
      appKey: 'figma',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    ({ apiKey } = await issueKey(app, 'figma'));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  function run(parameters: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
    return runCommand(process.execPath, [SCRIPT, ...parameters], {
      cwd: folder,
      env: { MCP_REGISTRY_URL: app.url, MCP_REGISTRY_APP_KEY: 'figma', MCP_REGISTRY_API_KEY: apiKey, ...env },
    });
  }

  /** A copy of the description, to be changed at will. */
  function description(): Description {
    return structuredClone(original);
  }

  const rows = (): Promise<unknown[]> => app.database.query('SELECT * FROM "Endpoint" ORDER BY "id"');
  const trail = (): Promise<unknown[]> => app.database.query('SELECT * FROM "AuditLog" ORDER BY "id"');

  it('registers every operation, with its schemas', async () => {
    const operations = Object.entries(description().paths).flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.length).toBeGreaterThan(50);

    const { code, stdout, stderr } = await run([FIGMA]);
    const count = operations.length;
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${count} endpoints registered in production: ${count} added, 0 updated, 0 deleted, 0 unchanged\n`,
      stderr: '',
    });

    const response = await app.http.get('/endpoints?app_key=figma').expect(200);
    const { endpoints } = response.body as { endpoints: (Endpoint & Record<string, unknown>)[] };
    const byOperation = (list: readonly Endpoint[]): Record<string, Endpoint> =>
      Object.fromEntries(list.map((each) => [`${each.method} ${each.path}`, each]));
    expect(endpoints.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(operations.sort());
    const batch = endpointsOf(await OpenApiDocument.read(FIGMA));
    const registered = endpoints.map(
      ({ id: _id, applicationId: _a, environmentId: _e, createdAt: _c, updatedAt: _u, ...rest }) => rest,
    );
    expect(byOperation(registered as unknown as Endpoint[])).toEqual(byOperation(batch));
  });

  it('finds nothing to do the second time, and leaves rows and trail alone', async () => {
    const before = [await rows(), await trail()];
    const count = before[0]?.length ?? 0;
    const { code, stdout } = await run([FIGMA]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${count} endpoints registered in production: 0 added, 0 updated, 0 deleted, ${count} unchanged\n`,
    });
    expect([await rows(), await trail()]).toEqual(before);
  });

  describe('on a changed copy', () => {
    let changed: string;
    let expected: string[];

    beforeEach(async () => {
      const copy = description();
      const { paths, components } = copy;
      const { '/v1/me': me } = paths;
      const comments = components.schemas.Comment?.properties;
      if (me?.get === undefined || comments === undefined) throw new Error('The description has changed');
      me.get.description = 'Who the token belongs to';
      delete paths['/v1/files/{file_key}/comments/{comment_id}']?.delete;
      me.head = {
        summary: 'Whether the token is good',
        responses: { 200: { description: 'Yes' } },
      };
      comments.mood = { type: 'string' };
      changed = join(folder, 'changed.yaml');
      await writeFile(changed, stringify(copy, { aliasDuplicateObjects: false }));
      expected = [
        'added    HEAD /v1/me',
        'deleted  DELETE /v1/files/{file_key}/comments/{comment_id}',
        'updated  GET /v1/files/{file_key}/comments (responseBody)',
        'updated  GET /v1/me (description)',
        'updated  POST /v1/files/{file_key}/comments (responseBody)',
      ];
    });

    it('names exactly the changes in a dry run and writes nothing', async () => {
      const before = [await rows(), await trail()];
      const { code, stdout } = await run(['--dry-run', changed]);
      expect(code).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      const count = before[0]?.length ?? 0;
      expect(lines.at(-1)).toBe(
        `${count} endpoints would be registered in production: 1 added, 3 updated, 1 deleted, ${count - 4} unchanged`,
      );
      expect(lines.slice(0, -1).sort()).toEqual(expected);
      expect([await rows(), await trail()]).toEqual(before);
    });

    it('registers exactly the changes', async () => {
      const before = (await rows()) as (Endpoint & { id: string })[];
      const { code, stdout } = await run([changed]);
      const count = before.length;
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `${count} endpoints registered in production: 1 added, 3 updated, 1 deleted, ${count - 4} unchanged\n`,
      });
      const after = (await rows()) as (Endpoint & { id: string })[];
      const label = ({ method, path }: Endpoint): string => `${method} ${path}`;
      const untouched = after.filter((row) =>
        before.some((old) => JSON.stringify(old) === JSON.stringify(row)),
      );
      expect(
        after
          .filter((row) => !untouched.includes(row))
          .map(label)
          .sort(),
      ).toEqual([
        'GET /v1/files/{file_key}/comments',
        'GET /v1/me',
        'HEAD /v1/me',
        'POST /v1/files/{file_key}/comments',
      ]);
      expect(after.find((row) => label(row) === 'GET /v1/me')?.description).toBe('Who the token belongs to');
      expect((await run(['--dry-run', changed])).stdout).toMatch(
        /^\d+ endpoints would be .* 0 added, 0 updated, 0 deleted/,
      );
    });
  });

  it('fails with one clear message and an exit code that says whose turn it is', async () => {
    const before = await rows();
    const wrongKey = await run(['small.yaml'], { MCP_REGISTRY_API_KEY: 'wrong' });
    expect([wrongKey.code, wrongKey.stderr]).toEqual([
      1,
      `${app.url} answered 401: Credentials refused. This route needs valid credentials: see the security schemes in /openapi.json.\n`,
    ]);
    expect((await run(['--environment', 'staging', 'small.yaml'])).code).toBe(1);
    const away = await run(['--url', 'http://127.0.0.1:1', 'small.yaml']);
    expect([away.code, away.stderr]).toEqual([
      1,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 cannot be asked: .+\n$/),
    ]);

    const noKey = await run(['small.yaml'], { MCP_REGISTRY_API_KEY: '' });
    expect([noKey.code, noKey.stderr.split('\n')[0]]).toEqual([2, 'MCP_REGISTRY_API_KEY is not set.']);
    expect((await run([])).stderr).toMatch(/^No OpenAPI description was named\.\n\nUsage: /);
    expect((await run(['--force', 'small.yaml'])).code).toBe(2);

    await writeFile(join(folder, 'swagger.yaml'), 'swagger: "2.0"\npaths: {}\n');
    const old = await run(['swagger.yaml']);
    expect([old.code, old.stderr]).toEqual([
      3,
      'swagger.yaml is not an OpenAPI 3.x description: it has no "openapi" property that begins with 3.\n',
    ]);
    expect((await run(['absent.yaml'])).stderr).toMatch(/^absent\.yaml cannot be read: ENOENT/);

    const twice = await run(['small.yaml', 'small.yaml']);
    expect(twice.code).toBe(1);
    expect(twice.stderr).toContain(
      'answered 400: Invalid input\n  GET /small (#/endpoints/1) must not repeat GET /small',
    );
    expect(await rows()).toEqual(before);
  });

  it('registers in the environment it is told, and reads JSON', async () => {
    const { apiKey: staging } = await issueKey(app, 'figma', 'staging');
    const file = join(folder, 'figma.json');
    await writeFile(file, JSON.stringify(description()));
    const { code, stdout } = await run(['--environment', 'staging', file], { MCP_REGISTRY_API_KEY: staging });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(' registered in staging: '),
    });
  });

  it('explains itself', async () => {
    const { code, stdout } = await run(['--help'], { MCP_REGISTRY_APP_KEY: '' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: node /) });
  });
});
