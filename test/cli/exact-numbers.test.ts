import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';

const BOUNDS =
  '"minimum":-9223372036854775808,"maximum":9223372036854775807,"multipleOf":0.10000000000000000001';
const BODY = `{"type":"object","properties":{"id":{"type":"integer",${BOUNDS}}}}`;
const OPERATION = `"responses":{"200":{"description":"It","content":{"application/json":{"schema":${BODY}}}}}`;
const ENDPOINT = `{"name":"Get a crate","path":"/crates","method":"GET","responseBody":${BODY}}`;
const DIGITS = ['-9223372036854775808', '9223372036854775807', '0.10000000000000000001'];

/** Numbers that a double cannot hold, on their way through the command line: the registry is played by the test. */
describe('numbers beyond doubles', () => {
  let origin: LoopbackOrigin;
  let directory: string;
  let cli: CommandLine;
  let sent: string[] = [];
  let registered = '[]';

  beforeAll(async () => {
    origin = await startOrigin((request, response) => {
      void text(request).then((body) => {
        if (body !== '') sent.push(body);
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const changes = '[{"change":"updated","method":"GET","path":"/crates","fields":["responseBody"]}]';
        if (request.url?.startsWith('/endpoints') === true)
          response.end(`{"environment":{"baseDomain":null},"endpoints":${registered}}`);
        else if (request.url?.startsWith('/register') === true)
          response.end(`{"message":"Done","changes":${changes}}`);
        else if (request.url?.endsWith('openapi.json') === true)
          response.end(`{"openapi":"3.1.0","paths":{"/crates":{"get":{${OPERATION}}}}}`);
        else response.end('{"appKey":"x","environments":[{"name":"production"}]}');
      });
    });
    directory = await mkdtemp(join(tmpdir(), 'registry-numbers-'));
    cli = new CommandLine({
      cwd: directory,
      env: {
        MCP_REGISTRY_URL: origin.url,
        MCP_REGISTRY_APP_KEY: 'x',
        MCP_REGISTRY_API_KEY: 'y',
        MCP_REGISTRY_ADMIN_KEY: 'z',
      },
    });
  });
  afterAll(async () => {
    await origin.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    sent = [];
    registered = `[${ENDPOINT}]`;
  });

  const expectDigits = (given: string | undefined): void => {
    for (const digits of DIGITS)
      expect(given).toMatch(new RegExp(`[:\\s]${digits.replace('.', '\\.')}[,}\\s]`));
    expect(given).not.toMatch(/lossless/i);
  };
  const document = async (name: string, content: string): Promise<string> => {
    await writeFile(join(directory, name), content);
    return name;
  };

  it('keep their digits when endpoints are registered and listed', async () => {
    const file = await document('endpoints.json', `[${ENDPOINT}]`);
    expect(await cli.run('endpoints register', file)).toMatchObject({ code: 0 });
    expectDigits(sent[0]);
    const { stdout } = await cli.run('endpoints list x --json');
    expectDigits(stdout);
  });

  it('keep their digits when exported', async () => {
    expectDigits((await cli.run('export openapi x production')).stdout);
    expectDigits((await cli.run('export openapi x production --yaml')).stdout);
    expectDigits((await cli.run('export json x')).stdout);
    await cli.run('export json x --output all.json');
    expectDigits(await readFile(join(directory, 'all.json'), 'utf8'));
  });

  const yamlSchema = `
                properties:
                  id: { type: integer, minimum: -9223372036854775808, maximum: +9223372036854775807, multipleOf: 0.10000000000000000001 }`;
  const documents: readonly [string, string][] = [
    ['openapi.json', `{"openapi":"3.1.0","paths":{"/crates":{"get":{${OPERATION}}}}}`],
    [
      'extension.json',
      `{"openapi":"3.1.0","paths":{"/crates":{"get":{"x-mcp-registry":{"responseBody":${JSON.stringify(BODY)}}}}}}`,
    ],
    [
      'openapi.yaml',
      `openapi: 3.0.3
paths:
  /crates:
    get:
      responses:
        "200":
          description: It
          content:
            application/json:
              schema:${yamlSchema}
`,
    ],
    [
      'swagger.yaml',
      `swagger: "2.0"
info: { title: Depot, version: "1" }
paths:
  /crates:
    get:
      produces: [application/json]
      responses:
        "200": { description: It, schema: { $ref: "#/definitions/Crate" } }
definitions:
  Crate:${yamlSchema}
`,
    ],
    [
      'parts.json',
      `{"openapi":"3.1.0","paths":{"/crates":{"get":{"responses":{"200":{"content":{"a/json":{"schema":{"$ref":"openapi.json#/paths/~1crates/get/responses/200/content/application~1json/schema"}}}}}}}}}`,
    ],
  ];

  it.each(documents)('keep their digits when %s is imported', async (name) => {
    for (const [each, content] of documents) await document(each, content);
    registered = '[]';
    const result = await cli.run('import openapi --yes', name);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(sent).toHaveLength(2);
    expectDigits(sent[1]);
  });

  it('are compared digit by digit', async () => {
    registered = `[${ENDPOINT.replace('775807', '775806')}]`;
    const file = await document('openapi.json', documents[0]?.[1] ?? '');
    const { stdout } = await cli.run('import openapi --dry-run', file);
    expect(stdout).toContain('responseBody: properties/id/maximum changed\n');
    const plan = await cli.run('import openapi --dry-run --json', file);
    expect(plan.stdout).toContain('9223372036854775806');
    expectDigits(plan.stdout);
  });
});

describe('JSON that is nested without end', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each([
    ['of endpoints', 'endpoints register -', deep, 'stdin is nested deeper than 200 levels'],
    [
      'of a batch',
      'endpoints register -',
      `{"endpoints":[{"requestBody":${deep}}]}`,
      'stdin is nested deeper than 200 levels',
    ],
    ['of a document', 'import openapi --yes -', deep, 'What is piped in is nested deeper than 200 levels'],
    [
      'of a part of it',
      'import openapi --yes -',
      `{"openapi":"3.1.0","paths":${deep}}`,
      'What is piped in is nested deeper than 200 levels',
    ],
  ])('is refused in one line: %s', async (_, words, stdin, message) => {
    const cli = new CommandLine({
      stdin,
      env: { MCP_REGISTRY_URL: 'http://127.0.0.2:4', MCP_REGISTRY_APP_KEY: 'x', MCP_REGISTRY_API_KEY: 'y' },
    });
    expect(await cli.run(words)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  });

  it.each(['application/json', 'application/problem+json'])(
    'is no answer of a registry: %s',
    async (type) => {
      const origin = await startOrigin((_request, response) => {
        response.writeHead(type === 'application/json' ? 200 : 400, { 'Content-Type': type }).end(deep);
      });
      try {
        const cli = new CommandLine({ env: { MCP_REGISTRY_URL: origin.url, MCP_REGISTRY_ADMIN_KEY: 'x' } });
        const { code, stdout, stderr } = await cli.run('apps show x');
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(
          /^http:\S+ answered \d+ with application\/\S+, not as a registry does: [^\n]+\n$/,
        );
      } finally {
        await origin.close();
      }
    },
  );
});
