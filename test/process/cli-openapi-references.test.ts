import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createApplication, issueKey } from '../support/builders.js';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import type { CommandResult } from '../support/run-command.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';

/** Only the operator may read this. */
const SECRET = 'secret-of-the-operator';
const APP_KEY = 'referring';

let app: TestApp;
let folder: string;
let cli: CommandLine;

beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'registry-references-'));
  await createApplication(app, { appKey: APP_KEY, name: APP_KEY });
  const { apiKey } = await issueKey(app, APP_KEY);
  cli = new CommandLine({
    cwd: folder,
    env: {
      MCP_REGISTRY_URL: app.url,
      MCP_REGISTRY_APP_KEY: APP_KEY,
      MCP_REGISTRY_API_KEY: apiKey,
      MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY,
    },
  });
  await write('secret.json', JSON.stringify({ type: 'object', description: SECRET }));
  await write('secret.txt', SECRET);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => app.database.query('DELETE FROM "Endpoint"'));

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** A description of one operation that answers with a schema. */
function withSchema(schema: object): string {
  return JSON.stringify({
    openapi: '3.1.0',
    paths: { '/crates': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
  });
}

function imported(source: string, ...options: readonly string[]): Promise<CommandResult> {
  return cli.run('import openapi --yes', source, ...options);
}

async function responseBodies(): Promise<unknown[]> {
  const response = await app.http.get(`/endpoints?app_key=${APP_KEY}`).expect(200);
  return (response.body as { endpoints: { responseBody: unknown }[] }).endpoints.map(
    (each) => each.responseBody,
  );
}

describe('a document in a file', () => {
  const leading = async (reference: string): Promise<CommandResult> => {
    await write('docs/api.json', withSchema({ properties: { x: { $ref: reference } } }));
    return imported(join(folder, 'docs/api.json'));
  };

  it.each([
    ['upward', () => '../secret.json'],
    ['upward in part', () => 'parts/../../secret.json'],
    ['encoded', () => '%2e%2e/secret.json'],
    ['absolute', () => join(folder, 'secret.json')],
    ['a URL', () => `file://${join(folder, 'secret.json')}`],
    ['by a symbolic link', () => 'linked.json'],
    ['below a linked folder', () => 'linked/secret.json'],
    ['to a folder whose name begins alike', () => '../docs-of-others/secret.json'],
  ])('reads nothing outside of its folder: %s', async (_, reference) => {
    await mkdir(join(folder, 'docs/parts'), { recursive: true });
    await write('docs-of-others/secret.json', JSON.stringify({ description: SECRET }));
    await symlink(join(folder, 'secret.json'), join(folder, 'docs/linked.json')).catch(() => undefined);
    await symlink(folder, join(folder, 'docs/linked')).catch(() => undefined);
    const { code, stdout, stderr } = await leading(reference());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^\S+api\.json refers to "[^"]+" at #\/paths\/~1crates\/get\/responses\/200\/content\/application~1json\/schema\/properties\/x: \S+secret\.json is not read, because it is not below \S+docs; --allow-reference \S+secret\.json allows it\n$/,
    );
    expect(await responseBodies()).toEqual([]);
  });

  it('reads no file that is no schema, wherever it is', async () => {
    await write('docs/words.txt', SECRET);
    expect((await leading('words.txt')).stderr).toMatch(
      /: \S+words\.txt is no JSON or YAML object, so that it is no schema\n$/,
    );
    await write('docs/list.json', '[{"type": "object"}]');
    expect((await leading('list.json#/0')).stderr).toMatch(/list\.json is no JSON or YAML object/);
    await mkdir(join(folder, 'docs/parts'), { recursive: true });
    expect((await leading('parts')).stderr).toMatch(/parts cannot be read: it is not a regular file\n$/);
    expect((await leading('//host/share.json')).stderr).toMatch(/files of other hosts are not read\n$/);
    expect((await leading('a%00b.json')).stderr).toMatch(/cannot be read: ERR_INVALID_ARG_VALUE\n$/);
    expect((await leading('ftp://127.0.0.1/x')).stderr).toMatch(
      /, which is no reference to a file or URL\n$/,
    );
  });

  it('reads what the operator allows, and says what it has read', async () => {
    await write(
      'schemas/common.yaml',
      'Crate: { type: object, properties: { part: { $ref: "part.yaml" } } }',
    );
    await write('schemas/part.yaml', '{ type: string, format: uuid }');
    const source = await write('docs/api.json', withSchema({ $ref: '../schemas/common.yaml#/Crate' }));
    const shared = join(folder, 'schemas');
    const result = await imported(source, '--allow-reference', shared);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^read {5}\S+schemas\/common\.yaml\nread {5}\S+schemas\/part\.yaml\nadded /,
    );
    expect(await responseBodies()).toEqual([
      { type: 'object', properties: { part: { type: 'string', format: 'uuid' } } },
    ]);
    const one = await imported(source, '--allow-reference', join(shared, 'common.yaml'), '--json');
    expect(one).toMatchObject({ code: 1, stdout: '' });
    expect(one.stderr).toMatch(
      /refers to "part\.yaml" at #\/Crate\/properties\/part of \S+schemas\/common\.yaml: /,
    );
    const plan = await cli.json<{ documentsRead: string[] }>(
      'import openapi --dry-run',
      source,
      '--allow-reference',
      join(shared, 'common.yaml'),
      '--allow-reference',
      join(shared, 'part.yaml'),
    );
    expect(plan.documentsRead).toHaveLength(2);
    expect(await imported(source, '--allow-reference', join(folder, 'absent'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^--allow-reference: \S+ is neither an http\(s\) URL nor a folder or file/,
      ),
    });
  });

  it('may have parts that refer back to it, and to parts of parts', async () => {
    await write(
      'depot/depot.yaml',
      `openapi: 3.0.3
info: { title: Depot, version: "1" }
paths:
  /crates: { $ref: paths/crates.yaml }
components:
  schemas:
    Crate: { type: object, properties: { id: { type: string }, next: { $ref: "parts.yaml#/Alias/properties/id" } } }
    Crates: { type: array, items: { $ref: "depot.yaml#/components/schemas/Crate" } }
`,
    );
    await write(
      'depot/paths/crates.yaml',
      `get:
  summary: List
  responses:
    default: { $ref: "../parts.yaml#/responses/Answer" }
`,
    );
    await write(
      'depot/parts.yaml',
      `Alias: { $ref: "more.yaml" }
responses:
  Answer:
    content:
      application/json: { schema: { $ref: "./depot.yaml#/components/schemas/Crates" } }
`,
    );
    await write('depot/more.yaml', 'properties: { id: { type: integer } }');
    expect(await imported(join(folder, 'depot/depot.yaml'))).toMatchObject({ code: 0, stderr: '' });
    expect(await responseBodies()).toEqual([
      {
        type: 'array',
        items: { type: 'object', properties: { id: { type: 'string' }, next: { type: 'integer' } } },
      },
    ]);
  });

  it('keeps what stands beside a reference, and circles', async () => {
    const source = await write(
      'beside/api.json',
      JSON.stringify({
        openapi: '3.1.0',
        paths: {
          '/crates': {
            $ref: 'item.json',
            post: { responses: { 200: { content: { 'a/b': { schema: { $ref: 'node.json' } } } } } },
          },
        },
      }),
    );
    const answer = { $ref: 'node.json', description: 'The root' };
    await write(
      'beside/item.json',
      JSON.stringify({ get: { responses: { 200: { content: { 'a/b': { schema: answer } } } } } }),
    );
    await write(
      'beside/node.json',
      JSON.stringify({
        type: 'object',
        properties: { next: { $ref: 'node.json', description: 'The next' } },
      }),
    );
    expect(await imported(source)).toMatchObject({ code: 0, stderr: '' });
    const node = (self: string): object => ({
      type: 'object',
      properties: { next: { $ref: self, description: 'The next' } },
    });
    expect(await responseBodies()).toEqual([
      { ...node('#/$defs/schema'), description: 'The root', $defs: { schema: node('#/$defs/schema') } },
      node('#'),
    ]);
  });

  it('refuses chains of documents without end, in time', async () => {
    for (let number = 0; number < 60; number += 1) {
      await write(`chain/${number}.json`, JSON.stringify({ items: { $ref: `${number + 1}.json` } }));
    }
    const source = await write('chain/api.json', withSchema({ $ref: '0.json' }));
    expect((await imported(source)).stderr).toMatch(
      /refers to "50\.json" at #\/items of 49\.json: it is the end of a chain of more than 50 documents\n$/,
    );
  });
});

describe('YAML', () => {
  it('may repeat an alias as often as it likes', async () => {
    const failed = Array.from({ length: 102 }, (_, index) => `        "${400 + index}": *failed`).join('\n');
    const source = await write(
      'aliases.yaml',
      `openapi: 3.0.3
x-failed: &failed { description: failed }
paths:
  /crates:
    get:
      responses:
${failed}
`,
    );
    expect(await imported(source)).toMatchObject({ code: 0, stderr: '' });
  });

  it('may merge maps', async () => {
    const source = await write(
      'merged.yaml',
      `openapi: 3.0.3
x-read: &read
  summary: Read a pallet
  parameters:
    - {name: palletId, in: path, required: true, schema: {type: string}}
paths:
  /pallets/{palletId}:
    get:
      <<: *read
      responses: {"200": {description: ok}}
`,
    );
    expect(await imported(source)).toMatchObject({ code: 0, stderr: '' });
    const response = await app.http.get(`/endpoints?app_key=${APP_KEY}`).expect(200);
    expect((response.body as { endpoints: unknown }).endpoints).toMatchObject([
      { name: 'Read a pallet', pathParams: { properties: { palletId: { type: 'string' } } } },
    ]);
  });

  const levels = Array.from(
    { length: 40 },
    (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
  );
  const bomb = `l0: &l0 [a]\n${levels.join('\n')}\n`;

  it.each([
    ['aliases that multiply', bomb, 'has more than 5000000 values with its aliases written out'],
    ['an alias within itself', 'a: &a { b: *a }', 'has the alias *a within what it stands for'],
    ['an alias of nothing', 'a: *b', 'has the alias *b, but no anchor &b before it'],
    ['nesting', `a: ${'['.repeat(100_000)}`, 'is nested deeper than 200 levels'],
    ['nesting of maps', `a: ${'{a: '.repeat(100_000)}`, 'is nested deeper than 200 levels'],
    ['nesting as JSON', '{"a": '.repeat(100_000), 'is nested deeper than 200 levels'],
    ['the same key twice', 'a: 1\na: 2', 'has the key "a" twice in a map'],
    ['several documents', 'a: 1\n---\na: 2', 'holds several YAML documents: only one can be imported'],
    ['broken YAML', 'a: [1', 'is neither YAML nor JSON: Flow sequence'],
  ])('is bounded and well-formed: %s', async (_, text, message) => {
    const source = await write('bad/root.yaml', text);
    const alone = await imported(source);
    expect(alone).toMatchObject({ code: 1, stdout: '' });
    expect(alone.stderr).toContain(`${source} ${message}`);
    const referring = await imported(await write('bad/api.json', withSchema({ $ref: 'root.yaml' })));
    expect(referring).toMatchObject({ code: 1, stdout: '' });
    expect(referring.stderr).toMatch(/^\S+api\.json refers to "root\.yaml" at /);
    expect(referring.stderr).toContain(`root.yaml ${message}`);
  });
});

describe('a document that is made to keep its reader busy', () => {
  const operation = {
    get: { responses: { 200: { content: { 'a/b': { schema: { $ref: '#/components/schemas/S0' } } } } } },
  };
  const chained = (length: number, last: object): object => ({
    openapi: '3.1.0',
    paths: { '/crates': operation },
    components: {
      schemas: Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `S${index}`,
          index === length - 1 ? last : { items: { $ref: `#/components/schemas/S${index + 1}` } },
        ]),
      ),
    },
  });
  const served = (url: string, variables?: object): object => ({
    openapi: '3.1.0',
    servers: [{ url, variables }],
    paths: { '/crates': { get: {} } },
  });

  it.each([
    ['a chain of schemas', chained(20_000, {}), 'has references nested too deep to be read'],
    [
      'braces in a server',
      served('{'.repeat(200_000)),
      'has a server whose URL is longer than 2000 characters',
    ],
    [
      'slashes in a server',
      served(`${'/'.repeat(200_000)}x`),
      'has a server whose URL is longer than 2000 characters',
    ],
    [
      'variables of a server',
      served('{a}'.repeat(600), { a: { default: 'x'.repeat(1000) } }),
      'has a server whose URL is longer than 2000 characters',
    ],
    [
      'a schema that is written out again and again',
      {
        ...chained(1, {
          properties: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [n, true])),
        }),
        paths: Object.fromEntries(Array.from({ length: 160 }, (_, n) => [`/${n}`, operation])),
      },
      'has more than 3000000 values in schemas with their references written out',
    ],
  ])('ends with one line: %s', async (_, document, message) => {
    const source = await write('busy.json', JSON.stringify(document));
    expect(await imported(source)).toEqual({ code: 1, stdout: '', stderr: `${source} ${message}\n` });
  });

  it('may have schemas in a circle', async () => {
    const circle = chained(4000, { items: { $ref: '#/components/schemas/S0' } });
    const { stderr } = await imported(await write('circle.json', JSON.stringify(circle)));
    expect(stderr).toBe('');
    expect(Object.keys((await responseBodies())[0] as object)).toEqual(['items', '$defs']);
  });
});

describe('a document from a URL', () => {
  let answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
  let server: Server;
  let other: Server;
  let url: string;
  let otherUrl: string;
  const asked: string[] = [];

  const started = async (name: string): Promise<[Server, string]> => {
    const started = createServer((request, response) => {
      asked.push(`${name} ${request.url} ${request.headers.authorization ?? '-'}`);
      const answer = answers[`${name}${request.url}`];
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response);
    });
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return [started, `http://127.0.0.1:${(started.address() as AddressInfo).port}`];
  };

  beforeAll(async () => {
    [server, url] = await started('own');
    [other, otherUrl] = await started('other');
  });
  afterAll(() => {
    for (const each of [server, other]) {
      each.closeAllConnections();
      each.close();
    }
  });
  beforeEach(() => {
    asked.length = 0;
    answers = {};
  });

  const sending = (text: string) => (_: IncomingMessage, response: ServerResponse) => response.end(text);
  const redirecting = (location: string) => (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(302, { Location: location }).end();

  it('reads below its own folder only', async () => {
    answers = {
      'own/api/v1/openapi.json': sending(withSchema({ $ref: 'parts/crate.json' })),
      'own/api/v1/parts/crate.json': sending('{"type": "string", "format": "uuid"}'),
    };
    const result = await imported(`${url}/api/v1/openapi.json`);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(new RegExp(`^read     ${url}/api/v1/parts/crate\\.json\nadded `));
    for (const reference of [
      '../internal.json',
      '/internal.json',
      `${otherUrl}/internal.json`,
      '..%2finternal.json',
      'parts/..%5c..%5cinternal.json',
      `//127.0.0.1:${new URL(otherUrl).port}/internal.json`,
      url.replace('http:', 'https:'),
    ]) {
      asked.length = 0;
      answers['own/api/v1/openapi.json'] = sending(withSchema({ $ref: reference }));
      const { code, stdout, stderr } = await imported(`${url}/api/v1/openapi.json`);
      expect({ reference, code, stdout, asked }).toEqual({
        ...{ reference, code: 1, stdout: '' },
        asked: ['own /api/v1/openapi.json -'],
      });
      expect(stderr).toMatch(
        / is not read, because it is not below http\S+\/api\/v1\/; --allow-reference http/,
      );
    }
    answers['other/internal.json'] = sending('{"type": "string"}');
    answers['own/api/v1/openapi.json'] = sending(withSchema({ $ref: `${otherUrl}/internal.json` }));
    expect(await imported(`${url}/api/v1/openapi.json`, '--allow-reference', otherUrl)).toMatchObject({
      code: 0,
    });
    answers['own/api/v1/openapi.json'] = sending(withSchema({ $ref: `http://a:b@127.0.0.1/x.json` }));
    expect((await imported(`${url}/api/v1/openapi.json`)).stderr).toMatch(/: it carries user information\n$/);
  });

  it('follows redirects of the document, and of its references only to where they may lead', async () => {
    answers = {
      'other/start': redirecting(`${url}/docs/openapi.json`),
      'own/docs/openapi.json': sending(withSchema({ $ref: 'crate.json' })),
      'own/docs/crate.json': redirecting('moved/crate.json'),
      'own/docs/moved/crate.json': sending('{"items": {"$ref": "deep.json"}}'),
      'own/docs/moved/deep.json': sending('{"type": "string"}'),
    };
    expect(await imported(`${otherUrl}/start`)).toMatchObject({ code: 0, stderr: '' });
    expect(await responseBodies()).toEqual([{ items: { type: 'string' } }]);

    answers['own/docs/crate.json'] = redirecting(`${otherUrl}/internal.json`);
    const { code, stderr } = await imported(`${otherUrl}/start`);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /crate\.json cannot be read: it redirects to http\S+\/internal\.json: http\S+ is not read, /,
    );
    expect(asked).not.toContain('other /internal.json -');
    answers['own/docs/crate.json'] = redirecting('file:///etc/passwd');
    expect((await imported(`${otherUrl}/start`)).stderr).toMatch(/only http and https are followed\n$/);
    answers['other/start'] = redirecting('/start');
    expect((await imported(`${otherUrl}/start`)).stderr).toMatch(/it redirects more than 20 times\n$/);
  });

  it('may have parts that refer back to it', async () => {
    answers = {
      'own/depot.json': sending(
        JSON.stringify({
          openapi: '3.0.3',
          paths: { '/crates': { $ref: 'crates.json' } },
          components: { schemas: { Crate: { type: 'integer' } } },
        }),
      ),
      'own/crates.json': sending(
        JSON.stringify({
          get: {
            responses: {
              200: { content: { 'a/b': { schema: { $ref: 'depot.json#/components/schemas/Crate' } } } },
            },
          },
        }),
      ),
    };
    expect(await imported(`${url}/depot.json`)).toMatchObject({ code: 0, stderr: '' });
    expect(await responseBodies()).toEqual([{ type: 'integer' }]);
    expect(asked).toEqual(['own /depot.json -', 'own /crates.json -']);
  });

  it('asks for no more than 50 documents in a chain', async () => {
    for (let number = 0; number < 100; number += 1) {
      answers[`own/${number}`] = sending(JSON.stringify({ items: { $ref: String(number + 1) } }));
    }
    answers['own/openapi.json'] = sending(withSchema({ $ref: '0' }));
    expect((await imported(`${url}/openapi.json`)).stderr).toMatch(/chain of more than 50 documents\n$/);
    expect(asked).toHaveLength(51);
  });

  it('sends the password of its URL to its own origin, and says it nowhere', async () => {
    const withPassword = (path: string): string => `${url.replace('//', '//reader:p%40ss-w0rd@')}${path}`;
    const basic = `Basic ${Buffer.from('reader:p@ss-w0rd').toString('base64')}`;
    answers = {
      'own/openapi.json': sending(withSchema({ $ref: 'crate.json' })),
      'own/crate.json': sending('{"items": {"$ref": "other.json"}}'),
      'own/other.json': sending('{"type": "string"}'),
    };
    const done = await imported(withPassword('/openapi.json'), '--json');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(asked).toEqual(
      ['/openapi.json', '/crate.json', '/other.json'].map((path) => `own ${path} ${basic}`),
    );
    answers['own/crate.json'] = sending('just words');
    answers['own/moved.json'] = redirecting(`${otherUrl}/openapi.json`);
    answers['other/openapi.json'] = sending('{}');
    const results = [
      done,
      ...(await Promise.all(
        [
          withPassword('/openapi.json'),
          withPassword('/moved.json'),
          withPassword('/absent.json'),
          'http://reader:p%40ss-w0rd@127.0.0.1:1/openapi.json',
          'http://reader:p%40ss-w0rd@127.0.0.1:70000/openapi.json',
          'http:reader:p%40ss-w0rd@127.0.0.1:1',
          'ftp://reader:p%40ss-w0rd@127.0.0.1/openapi.json',
          'http://reader:p%40ss-w0rd@no-such-host.invalid/',
        ].map((source) => imported(source)),
      )),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(JSON.stringify(results)).not.toMatch(/w0rd/);
    expect(asked.filter((each) => each.startsWith('other '))).toEqual(['other /openapi.json -']);
  });
});
