import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { API_DOCUMENTS } from '../support/api-documents.js';
import { createApplication, issueKey } from '../support/builders.js';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { startOrigin } from '../support/loopback-origin.js';
import type { CommandResult } from '../support/run-command.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';

/** A description of one operation, to be changed at will. */
const SMALL = {
  openapi: '3.1.0',
  servers: [{ url: 'https://{region}.example.com/v1/', variables: { region: { default: 'eu' } } }],
  paths: {
    '/small': {
      get: { summary: 'Get it', responses: { 200: { description: 'It', content: {} } } },
    },
  },
};

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'registry-openapi-'));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** An application with a key for its environment, and the command line acting as it. */
async function applicationCalled(appKey: string, { ownProcess = false } = {}) {
  await createApplication(app, { appKey, name: appKey });
  const { apiKey } = await issueKey(app, appKey);
  const env = {
    MCP_REGISTRY_URL: app.url,
    MCP_REGISTRY_APP_KEY: appKey,
    MCP_REGISTRY_API_KEY: apiKey,
    MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY,
  };
  const cli = new CommandLine({ cwd: folder, env, ownProcess });
  return {
    run: (
      [command = '', ...parameters]: readonly string[],
      others: Record<string, string> = {},
      stdin = '',
    ): Promise<CommandResult> => cli.with({ env: others, stdin }).run(command, ...parameters),
    /** Runs to success and gives what was written to stdout. */
    output: async ([command = '', ...parameters]: readonly string[], stdin = ''): Promise<string> => {
      const { code, stdout, stderr } = await cli.with({ stdin }).run(command, ...parameters);
      expect({ code, stderr: stderr.replace(/^The document's base domain is .*\n/, '') }).toEqual({
        code: 0,
        stderr: '',
      });
      return stdout;
    },
  };
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
  );
  return path;
}

async function registered(appKey: string): Promise<readonly { responseBody: unknown }[]> {
  const response = await app.http.get(`/endpoints?app_key=${appKey}`).expect(200);
  return (response.body as { endpoints: { responseBody: unknown }[] }).endpoints;
}

describe('a real document', () => {
  it('is registered whole, and comes out as it went in', async () => {
    const { output } = await applicationCalled('trains', { ownProcess: true });
    const source = API_DOCUMENTS['Train Travel (3.1)'];
    const registered = await output(['import', 'openapi', '--yes', source]);
    expect(registered).toContain(
      '7 endpoints registered in production: 7 added, 0 updated, 0 deleted, 0 unchanged\n',
    );
    const exported = await output(['export', 'openapi', 'trains', 'production']);
    const unchanged =
      '7 endpoints would be registered in production: 0 added, 0 updated, 0 deleted, 7 unchanged\n';
    expect(await output(['import', 'openapi', '--dry-run', source])).toBe(
      `skipped  POST newBooking is a webhook: the API calls it\n${unchanged}`,
    );
    expect(await output(['import', 'openapi', '--yes', '-'], exported)).toBe(unchanged);
    expect(await output(['export', 'openapi', 'trains', 'production'])).toBe(exported);
  });
});

describe('import openapi', () => {
  it('shows field by field what would change, and changes nothing when that is all it is asked for', async () => {
    const { output } = await applicationCalled('planned');
    const operation = (description: string, properties: object): object => ({
      description,
      requestBody: { content: { 'application/json': { schema: { type: 'object', properties } } } },
      responses: {},
    });
    const long = 'What it does is described in more words than a terminal shows twice, ';
    const properties = { name: { type: 'string', description: long }, age: { type: 'integer' }, old: {} };
    const before = {
      openapi: '3.1.0',
      paths: {
        '/changed': { post: operation(`${long} before`, properties), get: { deprecated: true } },
        '/gone': { delete: {} },
        '/same': { get: {} },
      },
    };
    const now = { ...properties, age: { type: 'number' }, mood: { type: 'string' }, old: undefined };
    const after = {
      ...before,
      paths: {
        '/changed': { post: operation(`${long} after`, now), get: { summary: 'New \u0007name' } },
        '/new': { get: {} },
        '/same': { get: {} },
      },
    };
    await output(['import', 'openapi', '--yes', '-'], JSON.stringify(before));
    const source = await file('after.yaml', stringify(after));
    const rows = (): Promise<unknown> => app.database.query('SELECT * FROM "Endpoint" ORDER BY "id"');
    const stored = await rows();

    const text = await output(['import', 'openapi', '--dry-run', source]);
    expect(text).toBe(
      [
        'deleted  DELETE /gone',
        'updated  GET /changed',
        '           name: "GET /changed" → "New \\u0007name"',
        '           deprecated: true → false',
        'updated  POST /changed',
        '           description: …minal shows twice,  before" → …minal shows twice,  after"',
        '           requestBody: properties/age/type changed, properties/old removed, properties/mood added',
        'added    GET /new',
        '4 endpoints would be registered in production: 1 added, 2 updated, 1 deleted, 1 unchanged',
        '',
      ].join('\n'),
    );
    const plan = JSON.parse(await output(['--json', 'import', 'openapi', '--dry-run', source])) as object;
    expect(plan).toMatchObject({
      ...{ environment: 'production', added: 1, updated: 2, deleted: 1, unchanged: 1, applied: false },
      baseDomain: { registered: null, proposed: null },
    });
    expect((plan as { changes: unknown[] }).changes).toContainEqual({
      change: 'updated',
      method: 'GET',
      path: '/changed',
      fields: [
        { field: 'name', old: 'GET /changed', new: 'New \u0007name' },
        { field: 'deprecated', old: true, new: false },
      ],
    });
    expect(await rows()).toEqual(stored);

    const done = JSON.parse(await output(['import', 'openapi', '--yes', '--json', source])) as object;
    expect(done).toMatchObject({ added: 1, updated: 2, deleted: 1, applied: true });
    expect(await output(['import', 'openapi', '--yes', source])).toBe(
      '4 endpoints would be registered in production: 0 added, 0 updated, 0 deleted, 4 unchanged\n',
    );
  });

  it('proposes the server as base domain, and sets it when told to', async () => {
    const { run } = await applicationCalled('based');
    const source = await file('small.json', SMALL);
    const proposed = await run(['import', 'openapi', '--yes', source]);
    expect(proposed).toEqual({
      code: 0,
      stdout: [
        'added    GET /v1/small',
        '1 endpoints would be registered in production: 1 added, 0 updated, 0 deleted, 0 unchanged',
        '1 endpoints registered in production: 1 added, 0 updated, 0 deleted, 0 unchanged',
        '',
      ].join('\n'),
      stderr:
        "The document's base domain is eu.example.com; none is registered. --set-base-domain sets it.\n",
    });
    const set = ['import', 'openapi', '--yes', '--set-base-domain', source];
    expect((await run(set, { MCP_REGISTRY_ADMIN_KEY: 'wrong' })).code).toBe(1);
    expect((await run(set)).stdout).toContain('The base domain of production is eu.example.com now.\n');
    expect((await run(set)).stderr).toBe('');

    const moved = await file('moved.json', { ...SMALL, servers: [{ url: 'http://localhost:8080/v1' }] });
    expect((await run(['import', 'openapi', '--dry-run', moved])).stderr).toBe(
      "The document's base domain is http://localhost:8080; registered is eu.example.com. --set-base-domain sets it.\n",
    );
    const relative = await file('relative.json', { ...SMALL, servers: [{ url: '/v1' }] });
    expect(await run(['import', 'openapi', '--dry-run', relative])).toMatchObject({ code: 0, stderr: '' });
  });

  it('exports and imports below a base domain that has a path', async () => {
    const { run, output } = await applicationCalled('below');
    await app.http
      .put('/applications/below/environments/production')
      .set('X-Admin-Key', ADMIN_KEY)
      .send({ baseDomain: 'eu.example.com/v1' })
      .expect(200);
    const source = await file('small.json', SMALL);
    expect(await run(['import', 'openapi', '--yes', source])).toMatchObject({
      stdout: expect.stringMatching(/^added {4}GET \/small\n/),
      stderr: '',
    });
    const yaml = await output(['export', 'openapi', 'below', 'production', '--yaml']);
    expect(parse(yaml)).toMatchObject({
      servers: [{ url: 'https://eu.example.com/v1' }],
      paths: { '/small': { get: { summary: 'Get it' } } },
    });
    expect(await output(['import', 'openapi', '--yes', '-'], yaml)).toContain(' 1 unchanged\n');
    const exported = join(folder, 'exported.yaml');
    expect(await output(['export', 'openapi', 'below', 'production', '--yaml', '--output', exported])).toBe(
      `Wrote 1 operations to ${exported}.\n`,
    );
    expect(await readFile(exported, 'utf8')).toBe(yaml);
  });

  it('reads what a document refers to beside it, and nothing else', async () => {
    const { run } = await applicationCalled('several');
    await mkdir(join(folder, 'parts'), { recursive: true });
    await file('parts/schemas.yaml', 'Order: { type: object, properties: { next: { $ref: "#/Order" } } }');
    const withSchema = (reference: string): object => ({
      openapi: '3.1.0',
      paths: {
        '/orders': {
          get: { responses: { 200: { content: { 'application/json': { schema: { $ref: reference } } } } } },
        },
      },
    });
    const source = await file('several.json', withSchema('parts/schemas.yaml#/Order'));
    expect(await run(['import', 'openapi', '--yes', source])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^read {5}parts\/schemas\.yaml\nadded {4}GET \/orders\n/),
      stderr: '',
    });
    const [endpoint] = await registered('several');
    expect(endpoint?.responseBody).toMatchObject({
      type: 'object',
      properties: { next: { $ref: '#' } },
    });

    const refused = async (source: string, stdin = ''): Promise<string> => {
      const { code, stdout, stderr } = await run(['import', 'openapi', '--yes', source], {}, stdin);
      expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 1, stdout: '', lines: 2 });
      return stderr;
    };
    expect(await refused(await file('gone.json', withSchema('parts/absent.yaml#/Order')))).toMatch(
      /^\S+gone\.json refers to "parts\/absent\.yaml#\/Order" at #\/paths\S+schema: \S+absent\.yaml cannot be read: ENOENT\n$/,
    );
    expect(await refused(await file('away.json', withSchema('http://127.0.0.1:1/x.yaml')))).toMatch(
      /^\S+away\.json refers to "http:\/\/127.0.0.1:1\/x.yaml" at \S+: \S+x.yaml is not read, because it is not below \S+; --allow-reference \S+ allows it\n$/,
    );
    expect(await refused('-', JSON.stringify(withSchema('parts/schemas.yaml#/Order')))).toEqual(
      expect.stringMatching(
        /^What is piped in refers to "parts\/schemas.yaml#\/Order" at #\/paths\S+schema, and what is piped in has no place to look for it\n$/,
      ),
    );
  });

  it('asks for a protected document with header fields from the environment and from files', async () => {
    const fields: unknown[] = [];
    const origin = await startOrigin(({ headers, url }, response) => {
      if (url === '/docs/openapi.json') fields.push([headers['x-token'], headers['x-team']]);
      response.end(JSON.stringify(SMALL));
    });
    const { run } = await applicationCalled('protected');
    const team = await file('team', 'depot\n');
    const given = ['--header', 'X-Token: env:DOCS_TOKEN', '--header', `X-Team: file:${team}`];
    expect(
      await run(['import', 'openapi', '--yes', ...given, `${origin.url}/docs/openapi.json`], {
        DOCS_TOKEN: 's3cret',
      }),
    ).toMatchObject({ code: 0 });
    expect(fields).toEqual([['s3cret', 'depot']]);
    expect(
      await run(['import', 'openapi', '--header', 'X-Token: env:ABSENT', `${origin.url}/docs/openapi.json`]),
    ).toEqual({
      code: 2,
      stdout: '',
      stderr: '--header X-Token: the environment variable ABSENT has no value\n',
    });
    await origin.close();
  });

  describe('from a URL', () => {
    let server: Server;
    let url: string;

    beforeAll(async () => {
      server = createServer((request, response) => {
        if (request.url === '/openapi.yaml') response.end(stringify(SMALL));
        else if (request.url === '/file')
          response.end(JSON.stringify({ ...SMALL, components: { $ref: 'file:///etc/hostname' } }));
        else if (request.url === '/endless') {
          const more = (): void => {
            while (response.write(Buffer.alloc(1024 * 1024, ' ')));
            response.once('drain', more);
          };
          more();
        } else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    it('reads as much as a document may have', async () => {
      const { run } = await applicationCalled('remote');
      expect((await run(['import', 'openapi', '--yes', `${url}/openapi.yaml`])).code).toBe(0);
      expect((await run(['import', 'openapi', '--yes', `${url}/absent`])).stderr).toBe(
        `${url}/absent cannot be read: HTTP 404\n`,
      );
      expect((await run(['import', 'openapi', '--yes', `${url}/endless`])).stderr).toBe(
        `${url}/endless cannot be read: it is larger than 64 MiB, with what it refers to\n`,
      );
      expect((await run(['import', 'openapi', '--yes', `${url}/file`])).stderr).toMatch(
        /^\S+\/file refers to "file:\/\/\/etc\/hostname" at #\/components: \/etc\/hostname is not read, /,
      );
      expect((await run(['import', 'openapi', '--yes', 'http://127.0.0.1:1/'])).stderr).toMatch(
        /^http:\/\/127\.0\.0\.1:1\/ cannot be read: .+\n$/,
      );
    });
  });

  it('says in one line what is wrong with a document', async () => {
    const { run } = await applicationCalled('wrong');
    const broken: readonly [string, unknown, RegExp][] = [
      ['half', '{"openapi": ', /^it is not valid JSON: .+$/],
      ['indented', 'openapi: 3.1.0\n paths: {}', /^it is neither YAML nor JSON: .+ at line 1, column 10$/],
      ['page', '<!DOCTYPE html><html></html>', /^it is an HTML page$/],
      [
        'postman',
        { info: { _postman_id: '1' }, item: [] },
        /^it is a Postman collection: export it as OpenAPI first$/,
      ],
      ['asyncapi', { asyncapi: '3.0.0' }, /^it is an AsyncAPI document, .+$/],
      [
        'latin1',
        Buffer.from('openapi: 3.1.0\ninfo: {title: Gr\xf6\xdfe}', 'latin1'),
        /^it is not valid UTF-8 at line 2: save it as UTF-8$/,
      ],
      ['words', 'just words', /^it is not an OpenAPI description: .+$/],
      ['old', { swagger: '1.2' }, /^it is not an OpenAPI description: .+$/],
      ['empty', { ...SMALL, paths: {} }, /^it describes no operation to register$/],
      [
        'away',
        { ...SMALL, paths: { '/a': { $ref: '#/b' } } },
        /^it describes no operation to register\nskipped {2}\* \/a refers to "#\/b", which the document does not have$/,
      ],
      [
        'twice',
        { ...SMALL, paths: { '/v1/small': { servers: [{ url: '/' }], get: {} }, ...SMALL.paths } },
        /^The registry refuses the document's endpoints:\n {2}GET \/v1\/small must not repeat GET \/v1\/small, .+$/,
      ],
      [
        'long',
        { ...SMALL, paths: { [`/${'x'.repeat(600)}`]: { get: {} } } },
        /\n {2}GET \/v1\/x+ path must be a string of 1 to 600 characters/,
      ],
      [
        'many',
        {
          ...SMALL,
          paths: Object.fromEntries(Array.from({ length: 5001 }, (_, n) => [`/${n}`, { get: {} }])),
        },
        /^Too many endpoints: The batch has 5001 endpoints; allowed are 5000 /,
      ],
      [
        'large',
        {
          ...SMALL,
          paths: {
            '/a': {
              get: {
                requestBody: { content: { 'a/b': { schema: { description: 'x'.repeat(11_000_000) } } } },
              },
            },
          },
        },
        /too large|takes 10\.5 MiB: a registry takes 10 MiB unless/i,
      ],
    ];
    await Promise.all(
      broken.map(async ([name, content, message]) => {
        const source = await file(name, content);
        const { code, stdout, stderr } = await run(['import', 'openapi', '--yes', source]);
        expect({ name, code, stdout, stderr: stderr.replaceAll(source, 'it').trimEnd() }).toEqual({
          name,
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(message),
        });
      }),
    );
    expect(await registered('wrong')).toEqual([]);
  });

  it('registers the rest of a document with mistakes, and names them; --strict refuses it', async () => {
    const { run } = await applicationCalled('mistaken');
    const source = await file('mistaken', {
      openapi: '3.2.0',
      servers: [{ url: 'https://{tenant}/v1' }],
      paths: {
        '/crates': { get: { summary: 'List' }, query: { summary: 'Search' } },
        '/pallets': { get: { summary: 'Pallets', security: [{ sessionToken: [] }] } },
      },
    });
    const warning = 'GET /pallets names the security scheme "sessionToken", which the document does not have';
    const skipped = 'QUERY /crates has a method that the registry does not have';
    expect(await run(['import', 'openapi', '--yes', '--strict', source])).toEqual({
      code: 1,
      stdout: '',
      stderr: `--strict refuses documents with mistakes:\nwarning  ${warning}\nskipped  ${skipped}\n`,
    });
    const { code, stdout } = await run(['import', 'openapi', '--yes', '--json', source]);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      added: 2,
      warnings: [{ method: 'GET', path: '/pallets' }],
      skipped: [{ method: 'QUERY', path: '/crates', reason: 'no-method' }],
      baseDomain: { registered: null, proposed: null },
    });
    expect((await run(['import', 'openapi', '--yes', source])).stdout).toMatch(
      `warning  ${warning}\nskipped  ${skipped}\n`,
    );
    expect(await registered('mistaken')).toMatchObject([{ path: '/v1/crates' }, { path: '/v1/pallets' }]);
  });

  it('registers schemas that share definitions, or are complete each, and exports either as it was', async () => {
    const { output } = await applicationCalled('sharing');
    const content = { 'application/json': { schema: { items: { $ref: '#/components/schemas/Crate' } } } };
    const source = await file('sharing', {
      openapi: '3.1.0',
      paths: { '/crates': { get: { summary: 'List', responses: { 200: { content } } } } },
      components: { schemas: { Crate: { type: 'object', properties: { id: { type: 'string' } } } } },
    });
    const crate = { type: 'object', properties: { id: { type: 'string' } } };
    const imported = async (how: string): Promise<string> => {
      await output(['import', 'openapi', '--yes', '--definitions', how, source]);
      const exported = await output(['export', 'openapi', 'sharing', 'production']);
      expect(await output(['import', 'openapi', '--yes', '--definitions', how, '-'], exported)).toMatch(
        /^1 endpoints would .* 0 updated, 0 deleted, 1 unchanged\n(Shared definitions: 0 added, 0 updated, 0 deleted, 1 unchanged\n)?$/,
      );
      expect(await output(['export', 'openapi', 'sharing', 'production'])).toBe(exported);
      return exported;
    };
    expect(JSON.parse(await imported('shared'))).toMatchObject({ components: { schemas: { Crate: crate } } });
    expect(await registered('sharing')).toMatchObject([
      { responseBody: { items: { $ref: '#/$defs/Crate' }, $defs: { Crate: crate } } },
    ]);
    expect(JSON.parse(await imported('inline'))).not.toHaveProperty('components.schemas');
    expect(await registered('sharing')).toMatchObject([{ responseBody: { items: crate } }]);
  });

  it('registers several documents as one, as far as its options choose', async () => {
    const { run, output } = await applicationCalled('grouped');
    const group = (path: string, tag: string): object => ({
      openapi: '3.1.0',
      servers: [{ url: 'https://one.example.com/a' }, { url: 'https://{region}.example.com/b' }],
      paths: { [path]: { get: { tags: [tag] }, put: { tags: ['internal'] } } },
    });
    const sources = [await file('one', group('/x', 'open')), await file('two', group('/y', 'open'))];
    const options = ['--server', '2', '--server-variable', 'region=eu', '--exclude-tag', 'internal'];
    expect(
      await output(['import', 'openapi', '--yes', ...options, '--path-prefix', '/gate', ...sources]),
    ).toContain('2 endpoints registered in production');
    expect(await registered('grouped')).toMatchObject([{ path: '/b/gate/x' }, { path: '/b/gate/y' }]);
    const again = await run([
      'import',
      'openapi',
      '--yes',
      ...sources,
      await file('three', group('/x', 'open')),
    ]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/three describes GET \/a\/x, which .*one describes already\n$/);
    for (const wrong of [
      ['--server', '0'],
      ['--server-variable', 'x'],
      ['--path-prefix', 'x'],
      ['--header', 'X: y'],
    ]) {
      expect(await run(['import', 'openapi', ...wrong, ...sources])).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('reads UTF-16 with and without a byte order mark', async () => {
    const { output } = await applicationCalled('utf-16');
    const text = JSON.stringify({ openapi: '3.1.0', paths: { '/größe': { get: {} } } });
    const little = Buffer.from(text, 'utf16le');
    const encodings = [
      Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()]),
      little,
      Buffer.from(little).swap16(),
    ];
    for (const [index, bytes] of encodings.entries()) {
      const source = await file(`utf-16-${index}`, bytes);
      expect(await output(['import', 'openapi', '--yes', source])).toContain('1 endpoint');
    }
    expect(await registered('utf-16')).toMatchObject([{ path: '/größe' }]);
  });

  it('ends with 2 when it was called wrongly, with 1 when it was refused', async () => {
    const { run } = await applicationCalled('refused');
    const small = await file('small.json', SMALL);
    const homeless = await file('homeless.json', { ...SMALL, servers: [] });
    const calls: readonly [number, readonly string[], RegExp, Record<string, string>?][] = [
      [2, [], /missing required argument 'source'/],
      [2, [small], /There is no terminal to confirm at: pass --yes\.$/],
      [2, [small], /^The API key of refused is missing/, { MCP_REGISTRY_API_KEY: '' }],
      [2, [small], /^This command acts as an application/, { MCP_REGISTRY_APP_KEY: '' }],
      [1, ['absent.yaml'], /^absent\.yaml cannot be read: ENOENT$/],
      [1, ['.'], /^\. cannot be read: EISDIR$/],
      [1, ['--dry-run', small], /^Credentials refused/, { MCP_REGISTRY_API_KEY: 'wrong' }],
      [1, ['--dry-run', '--environment', 'none', small], /^Environment not found/],
      [
        1,
        ['--set-base-domain', homeless],
        /names no server with a host of its own to take a base domain from$/,
      ],
    ];
    await Promise.all(
      calls.map(async ([code, parameters, message, env]) => {
        const result = await run(['import', 'openapi', ...parameters], env);
        expect({ parameters, code: result.code, stderr: result.stderr.trimEnd() }).toEqual({
          parameters,
          code,
          stderr: expect.stringMatching(message),
        });
      }),
    );
  });
});

describe('export openapi', () => {
  it('needs the admin key, and what it exports', async () => {
    const { run } = await applicationCalled('exported');
    expect(
      (await run(['export', 'openapi', 'exported', 'production'], { MCP_REGISTRY_ADMIN_KEY: 'x' })).code,
    ).toBe(1);
    expect(
      (await run(['export', 'openapi', 'exported', 'production'], { MCP_REGISTRY_ADMIN_KEY: '' })).code,
    ).toBe(2);
    expect(await run(['export', 'openapi', 'absent', 'production'])).toMatchObject({ code: 1, stdout: '' });
    expect(
      await run(['export', 'openapi', 'exported', 'production', '--output', join(folder, 'no/such')]),
    ).toEqual({
      code: 2,
      stdout: '',
      stderr: `${join(folder, 'no/such')} cannot be written (ENOENT)\n`,
    });
    expect((await run(['export', 'openapi', 'exported'])).code).toBe(2);
  });
});
