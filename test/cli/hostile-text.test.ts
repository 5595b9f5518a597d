import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import fc from 'fast-check';
import { parse } from 'yaml';
import { program } from '#cli/program.js';
import { isUnprintable, printable, printableJson } from '#cli/terminal/printable.js';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import type { CommandResult } from '../support/run-command.js';

/** One character of each kind that does something to a terminal or to the eye. */
const UNPRINTABLE = [
  ...['\u0000', '\u0007', '\b', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u009b', '\u009d'],
  ...['\u00ad', '\u061c', '\u200b', '\u200d', '\u200e', '\u200f', '\u2028', '\u2029', '\u2060', '\ufeff'],
  ...['\u202a', '\u202e', '\u2066', '\u2069', '\ufff9', '\u115f', '\u3164', '\u{e0041}'],
];
const HOSTILE = `a${UNPRINTABLE.join('z')}[31m]0;title`;
/** No argument of a process can hold U+0000. */
const HOSTILE_ID = HOSTILE.replaceAll('\u0000', '');
/** A name of an event is one line. */
const HOSTILE_NAME = HOSTILE.replaceAll(/[\r\n\u2028\u2029]/g, '');

/** What every answer has, whatever was asked for. */
const THING = {
  ...Object.fromEntries(
    [
      ...['appKey', 'name', 'description', 'status', 'healthStatus', 'healthCheckUrl', 'baseDomain'],
      ...['prefix', 'lastUsedAt', 'expiresAt', 'apiKey', 'method', 'path', 'authType', 'message', 'url'],
      ...['environment', 'environmentId', 'createdAt', 'action', 'actor', 'ipAddress', 'checkedAt', 'start'],
      ...['lastHealthCheckAt', 'statusCode', 'probes', 'failures', 'errors', 'authenticationMethod'],
      ...['kind', 'role', 'createdBy', 'operatorName', 'key', 'hash', 'sealedAt'],
    ].map((field) => [field, HOSTILE]),
  ),
  ...{ id: HOSTILE_ID, code: HOSTILE, revokedAt: null, isActive: true, isPublic: false, uptime: 1 },
  ...{ responseTime: 1, responseTimeP50: 1, responseTimeP95: 1, responseTimeMax: 1 },
};
const ENDPOINT = { ...THING, [HOSTILE]: HOSTILE };
const ANSWER = {
  ...THING,
  environments: [{ ...THING, uptime: {} }],
  endpoints: [ENDPOINT],
  checks: [THING],
  alias: THING,
  keys: [THING],
  changes: [{ change: HOSTILE, method: HOSTILE, path: HOSTILE, fields: [HOSTILE] }],
  hits: [{ ...THING, application: HOSTILE, score: 1, health: THING }],
  ...{ goodMatch: false, suggestions: [HOSTILE] },
  paths: { [`/${HOSTILE}`]: { get: { summary: HOSTILE, description: `${HOSTILE}\nsecond line` } } },
};
const isList = (path: string): boolean =>
  /\/(applications|environments|api-keys|operators|audit-logs|logs|history)$/.test(path);

const REQUIRED = { environment: ANSWER.environments[0], endpoints: ANSWER.endpoints };

/** Lists of equal length. */
const OVERVIEW = {
  applications: [THING],
  environments: {
    ...{ application: [0], uptime24h: [null], p95: [null] },
    ...{ name: [HOSTILE], status: [HOSTILE], health: [HOSTILE], changedAt: [HOSTILE], hours: [HOSTILE] },
  },
};
const EVENTS = `event: health\ndata: ${JSON.stringify({ ...THING, from: HOSTILE, to: HOSTILE })}\n\nevent: ${HOSTILE_NAME}\ndata: {}\n\n`;

const answering: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://registry');
  if (pathname === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(EVENTS);
    return;
  }
  const refuses = pathname.startsWith('/refusing');
  const body = refuses
    ? {
        title: HOSTILE,
        detail: HOSTILE,
        errors: pathname.endsWith('s') ? [{ pointer: HOSTILE, detail: HOSTILE }] : [],
      }
    : pathname === '/endpoints'
      ? REQUIRED
      : pathname === '/overview'
        ? OVERVIEW
        : isList(pathname) && request.method === 'GET'
          ? [THING]
          : ANSWER;
  response.writeHead(refuses ? 400 : 200, {
    'Content-Type': refuses ? 'application/problem+json' : 'application/json',
  });
  response.end(JSON.stringify(body));
};

/** Parameters for every command that shows something of the registry. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'apps list': [],
  'apps create': ['--name', 'x'],
  'apps show': ['x'],
  'apps update': ['x', '--name', 'y'],
  'apps rename': ['x', 'y'],
  'apps delete': ['x', '--dry-run'],
  'environments list': ['x'],
  'environments create': ['x', 'y'],
  'environments show': ['x', 'y'],
  'environments update': ['x', 'y', '--description', 'z'],
  'environments rename': ['x', 'y', 'z'],
  'environments delete': ['x', 'y', '--dry-run'],
  'keys list': ['x', 'y'],
  'keys issue': ['x', 'y', '--name', 'z'],
  'keys rotate': ['x', 'y', 'z'],
  'keys revoke': ['x', 'y', HOSTILE_ID, '--dry-run'],
  'operators list': [],
  'operators show': ['x'],
  'operators create': ['x', '--kind', 'person', '--role', 'viewer'],
  'operators update': ['x', '--role', 'viewer'],
  'operators delete': ['x', '--dry-run'],
  'operators issue-key': ['x', '--name', 'y'],
  'operators rotate-key': ['x', 'y'],
  'operators revoke-key': ['x', HOSTILE_ID, '--dry-run'],
  'endpoints list': ['x', 'y'],
  'endpoints register': ['endpoints.json', '--app-key', 'x', '--dry-run'],
  search: ['x'],
  overview: ['--all'],
  console: [],
  'health show': ['x'],
  'health check': ['x'],
  'health logs': ['x'],
  'health history': ['x'],
  'audit list': [],
  'audit head': [],
  'import openapi': ['openapi.json', '--app-key', 'x', '--dry-run'],
  'export openapi': ['x', 'y'],
  'export json': [],
};
/** What has nothing of a registry to show, or is read by a test of its own with hostile records. */
const OTHERS = [
  'audit verify',
  'audit adopt',
  'migrate',
  'complete',
  'completion',
  'import redis',
  'import reference',
  // For programs, which get JSON.
  'mcp',
  // Fails when the stream ends.
  'events',
];

function commandsBelow(command: Command, names: readonly string[] = []): string[] {
  return command.commands.length === 0
    ? [names.join(' ')]
    : command.commands.flatMap((each) => commandsBelow(each, [...names, each.name()]));
}

describe('text from any client', () => {
  let origin: LoopbackOrigin;
  let directory: string;
  let cli: CommandLine;

  beforeAll(async () => {
    origin = await startOrigin(answering);
    directory = await mkdtemp(join(tmpdir(), 'registry-hostile-'));
    cli = new CommandLine({
      cwd: directory,
      env: { MCP_REGISTRY_URL: origin.url, MCP_REGISTRY_ADMIN_KEY: 'x', MCP_REGISTRY_API_KEY: 'y' },
    });
    await writeFile(join(directory, 'endpoints.json'), JSON.stringify([ENDPOINT]));
    const document = {
      openapi: '3.1.0',
      servers: [{ url: `https://example.com` }],
      paths: { [`/${HOSTILE}`]: { get: { summary: HOSTILE } } },
    };
    await writeFile(join(directory, 'openapi.json'), JSON.stringify(document));
  });
  afterAll(async () => {
    await origin.close();
    await rm(directory, { recursive: true, force: true });
  });

  const expectHarmless = ({ stdout, stderr }: CommandResult): void => {
    expect(stdout + stderr).not.toBe('');
    expect(isUnprintable(stdout)).toBe(false);
    expect(isUnprintable(stderr)).toBe(false);
  };

  it('has a call for every command', () => {
    expect([...Object.keys(CALLS), ...OTHERS].sort()).toEqual(commandsBelow(program()).sort());
  });

  it.each(Object.entries(CALLS))('does nothing to a terminal: %s', async (name, parameters) => {
    const [shown, json] = await Promise.all([
      cli.run(name, ...parameters),
      cli.run(name, ...parameters, '--json'),
    ]);
    expect([shown.code, json.code]).toEqual([0, 0]);
    expectHarmless(shown);
    expectHarmless(json);
    // Everything is there, though, for those who read JSON.
    expect(JSON.stringify(JSON.parse(json.stdout))).toMatch(/\\u001b|wouldSend/);
  });

  it('does nothing to a terminal that follows events', async () => {
    for (const parameters of [[], ['--json']]) {
      const followed = await cli.run('events', ...parameters);
      expect(followed.code).toBe(1);
      expect(followed.stdout.split('\n')).toHaveLength(3);
      expectHarmless(followed);
    }
  });

  it.each(['apps list', 'apps show x', 'keys issue x y --name z', 'export json'])(
    'does nothing to a terminal when the registry refuses: %s',
    async (words) => {
      const refused = await cli.with({ env: { MCP_REGISTRY_URL: `${origin.url}/refusing` } }).run(words);
      expect(refused.code).toBe(1);
      expectHarmless(refused);
    },
  );

  it.each(['apps delete x', 'environments delete x y', 'keys revoke x y'])(
    'does nothing to a terminal where it asks: %s',
    async (words) => {
      const more = words.startsWith('keys') ? [HOSTILE_ID] : [];
      const own = cli.with({ ownProcess: true });
      const asked = await own.run(words, ...more);
      expect(asked.code).toBe(2);
      expectHarmless(asked);
      expectHarmless(await own.run(words, ...more, '--yes'));
    },
  );

  it('does nothing to a terminal as a document either, which holds all of it', async () => {
    const yaml = await cli.run('export openapi x y --yaml');
    expectHarmless(yaml);
    expect(parse(yaml.stdout)).toEqual(ANSWER);
    const json = await cli.run('export openapi x y');
    expect(JSON.parse(json.stdout)).toEqual(ANSWER);
    await cli.run('export json x --output all.json');
    expect(isUnprintable(await readFile(join(directory, 'all.json'), 'utf8'))).toBe(false);
  });

  it.each([
    ['a reference', { paths: { '/a': { $ref: `#/${HOSTILE}` } } }],
    ['a reference to a file', { paths: { '/a': { $ref: `${HOSTILE_ID}.json` } } }],
    ['an extension', { paths: { '/a': { get: { 'x-mcp-registry': { requestBody: HOSTILE } } } } }],
    ['a security scheme', { security: [{ [HOSTILE]: [] }], paths: { '/a': { get: {} } } }],
    ['text that is not JSON', `{"openapi": "3.1.0", ${HOSTILE}`],
    ['YAML with a warning', `openapi: 3.1.0\na: !<${HOSTILE}> b\n`],
    ['a YAML key', `openapi: 3.1.0\n"a\\e[31m\\u202e": 1\n"a\\e[31m\\u202e": 2\n`],
  ])('does nothing to a terminal when a document is refused: %s', async (_, content) => {
    const stdin = typeof content === 'string' ? content : JSON.stringify({ openapi: '3.1.0', ...content });
    const refused = await cli.with({ stdin }).run('import openapi --app-key x --yes --strict -');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expectHarmless(refused);
    // One line for the document, one for each mistake.
    expect(refused.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('is made printable whatever it is', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...UNPRINTABLE),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(text, (given) => {
        expect(isUnprintable(printable(given))).toBe(false);
        expect(printable(given)).not.toContain('\n');
        const json = printableJson({ [given]: [given] });
        expect(isUnprintable(json)).toBe(false);
        expect(JSON.parse(json)).toEqual({ [given]: [given] });
      }),
    );
    expect(printable('Bestellungen für Köln 🛒 ❤️ قهوة')).toBe('Bestellungen für Köln 🛒 ❤️ قهوة');
  });
});
