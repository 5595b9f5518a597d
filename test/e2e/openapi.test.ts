import { Validator } from '@seriousme/openapi-schema-validator';
import { exchange } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  documentOf,
  endingOperationsOf,
  type JsonSchema,
  type Operation,
  operationsOf,
  resolved,
} from '../support/openapi-operations.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { exampleBody, exampleParameters } from '../support/swagger-ui-example.js';

// Started before the tests are named: they are named after its operations.
// Each sign-in comes from a network of its own: they are counted.
const app = await startApp({ TRUST_PROXY: 'true' });
const document = await documentOf(app);
const operations = operationsOf(document);
const named = operations.map((operation) => [operation.name, operation] as const);

afterAll(() => app.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect({ ...result, version: validator.version, openapi: document.openapi }).toEqual({
      valid: true,
      version: '3.1',
      openapi: '3.1.0',
    });
  });

  it('writes null as one of the types', () => {
    const nodes = objectsIn(document);
    expect(nodes.filter((node) => 'nullable' in node)).toEqual([]);
    // A reference has no types of its own to add it to.
    const besideReference = nodes.flatMap(({ anyOf }) =>
      Array.isArray(anyOf) && anyOf.some((each: object) => '$ref' in each) ? (anyOf as unknown[]) : [],
    );
    const alone = nodes.filter((node) => node.type === 'null' && Object.keys(node).length === 1);
    expect(alone.filter((node) => !besideReference.includes(node))).toEqual([]);
    expect(document.components.schemas.ApplicationResponse?.properties?.description?.type).toEqual([
      'string',
      'null',
    ]);
    expect(document.components.schemas.EndpointRegistration?.properties?.pathParams?.type).toEqual([
      'object',
      'string',
      'null',
    ]);
  });

  it('refers only to what it holds', () => {
    const references = objectsIn(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((reference) => pointedAt(reference) === undefined)).toEqual([]);
  });

  it('has a security scheme for each header that says who calls', () => {
    const described = { description: expect.stringMatching(/./) };
    const inHeader = (name: string) => ({ type: 'apiKey', in: 'header', name, ...described });
    expect(document.components.securitySchemes).toEqual({
      AdminKey: inHeader('X-Admin-Key'),
      OperatorKey: { type: 'http', scheme: 'bearer', ...described },
      Session: { type: 'apiKey', in: 'cookie', name: '__Host-mcp-registry', ...described },
      AppKey: inHeader('X-App-Key'),
      ApiKey: inHeader('X-API-Key'),
      Environment: inHeader('X-Environment'),
    });
  });

  it('never speaks of a hash', () => {
    expect(JSON.stringify(document)).not.toMatch(/hashed|bcrypt/i);
  });

  it('names every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(named)('describes %s', (_, operation) => {
    const { summary, operationId, tags, responses, security = [] } = operation;
    expect({ summary, operationId, tags }).toEqual({
      summary: expect.stringMatching(/^\S.{9}/),
      operationId: expect.stringMatching(/^\w+$/),
      tags: [expect.stringMatching(/^\S/)],
    });
    expect(Object.values(responses).filter(({ description }) => description.trim() === '')).toEqual([]);
    const statuses = Object.keys(responses);
    expect(statuses.filter((status) => status.startsWith('2'))).toEqual([
      successOf(operation),
      ...(operation.path === '/mcp' ? ['202'] : []),
    ]);
    expect(statuses).toEqual(expect.arrayContaining(errorsOf(operation)));
    const known = Object.keys(document.components.securitySchemes);
    expect(security.flatMap(Object.keys).filter((scheme) => !known.includes(scheme))).toEqual([]);
    const errors = Object.entries(responses).filter(([status]) => status.startsWith('4'));
    expect(errors.map(([, { content }]) => content)).toEqual(
      errors.map(([status]) => ({
        // Errors of its protocol are none of HTTP.
        ...(operation.path === '/mcp' && ['400', '404'].includes(status) && { 'application/json': ANYTHING }),
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })),
    );
  });
});

const ANYTHING = expect.anything() as unknown;

describe('what Swagger UI fills in', () => {
  it.each(named.filter(([, { bodySchema }]) => bodySchema !== undefined))(
    'is an example for every property of %s',
    (_, { bodySchema }) => {
      expect(propertiesWithoutExample(bodySchema ?? {})).toEqual([]);
    },
  );

  const calls = named
    .flatMap(([name, operation]) =>
      (operation.security ?? [{}]).map((requirement) => {
        const schemes = Object.keys(requirement).join(' + ');
        return [`${name} with ${schemes === '' ? 'nothing' : schemes}`, operation, requirement] as const;
      }),
    )
    // As the description says: a code is for a key.
    .filter(([call]) => call !== 'POST /session/codes with Session')
    // Its answer does not end.
    .filter(([, { path }]) => path !== '/events');

  it.each(calls)('is accepted by %s', async (_, operation, requirement) => {
    const prepared = await prepare(operation, requirement);
    const inPath: Record<string, string> = {
      ...exampleParameters(operation, 'path'),
      id: prepared.apiKeyId,
      operator_key_id: prepared.operatorKeyId,
      session_id: prepared.sessionId,
      server_name: encodeURIComponent('local.127.0.0.1/mcp-registry'),
    };
    const path = operation.path.replace(/\{(\w+)\}/g, (_placeholder, name: string) => inPath[name] ?? '');
    const response = await app.http[operation.method.toLowerCase() as 'get' | 'put' | 'post' | 'delete'](path)
      .query(exampleParameters(operation, 'query'))
      .set(operation.operationId === 'Session_create' ? PAGE : {})
      .set(credentials(Object.keys(requirement), prepared))
      .send(bodyOf(operation, prepared) as object | undefined);
    expect({ status: String(response.status), body: response.body as unknown }).toEqual({
      status: successOf(operation),
      body: expect.anything(),
    });
  });
});

describe.each(['', '/api/registry'])('with BASE_PATH=%s', (basePath) => {
  let based: TestApp;
  let origin: string;

  beforeAll(async () => {
    based = await startApp({ BASE_PATH: basePath });
    ({ origin } = new URL(based.url));
  });
  afterAll(() => based.close());

  it('servers and paths lead to the routes', async () => {
    const { servers, ...rest } = await documentOf(based);
    const found = endingOperationsOf({ servers, ...rest }).filter(
      ({ method, parameters }) => method === 'GET' && parameters.every(({ required }) => required !== true),
    );
    const urls = found.map(({ path }) => `${servers[0]?.url.replace(/\/$/, '') ?? ''}${path}`);
    expect(urls).toContain(`${basePath}/health`);
    const answers = await Promise.all(
      urls.map((target) => exchange(origin, { method: 'GET', target, headers: AS_ADMIN })),
    );
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200));
  });

  it.each(['/docs', '/docs/'])('%s is a page whose assets load', async (page) => {
    const location = `${based.url}${page}`;
    const html = await exchange(origin, { method: 'GET', target: `${basePath}${page}`, headers: {} });
    expect(html).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringMatching(/^text\/html/) },
    });
    const assets = [...html.body.matchAll(/(?:src|href)="([^"#]+\.(?:js|css|png))"/g)].map(
      ([, reference = '']) => new URL(reference, location).pathname,
    );
    expect(assets).toEqual(
      expect.arrayContaining(
        ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-init.js'].map((name) =>
          expect.stringMatching(new RegExp(`^${basePath}/docs/(.*/)?${name.replaceAll('.', '\\.')}$`)),
        ),
      ),
    );
    const answers = await Promise.all(
      assets.map((target) => exchange(origin, { method: 'GET', target, headers: {} })),
    );
    expect(answers.map(({ status, body }) => ({ status, empty: body === '' }))).toEqual(
      assets.map(() => ({ status: 200, empty: false })),
    );
    const init = answers[assets.findIndex((asset) => asset.endsWith('swagger-ui-init.js'))];
    expect(init?.body).toContain(`"${basePath}/applications/{app_key}"`);
    // It would leave the keys entered in the page in the browser's localStorage.
    expect(init?.body).not.toContain('persistAuthorization');
  });
});

interface Prepared {
  readonly apiKey: string;
  readonly apiKeyId: string;
  readonly operatorKey: string;
  readonly operatorKeyId: string;
  readonly session: Record<string, string>;
  readonly sessionId: string;
}

/** What the examples speak of, made with the examples of the operations that make it; and an operator who may do all. */
async function prepare(
  operation: Operation,
  requirement: Readonly<Record<string, unknown>>,
): Promise<Prepared> {
  await app.database.query('DELETE FROM "Application"');
  await app.database.query('DELETE FROM "Operator"');
  const { key: operatorKey } = await newOperator({ name: 'root', kind: 'person', role: 'admin' });
  // Sign-ins are counted.
  const session = 'Session' in requirement ? await newSession(operatorKey) : PAGE;
  const operator = operation.operationId === 'Operators_create' ? undefined : await newOperator();
  const sessionId =
    operator === undefined || !operation.path.includes('{session_id}')
      ? ''
      : await sessionOf('ann', operator.key);
  const prepared = {
    ...{ apiKey: '', apiKeyId: '', operatorKey, operatorKeyId: operator?.id ?? '' },
    ...{ session, sessionId },
  };
  return operation.operationId === 'Applications_create'
    ? prepared
    : { ...prepared, ...(await newApplication()) };
}

async function newOperator(
  request = exampleOf('Operators_create') as {
    readonly name: string;
    readonly kind: string;
    readonly role: string;
  },
): Promise<{ id: string; key: string }> {
  await app.http.post('/operators').set(AS_ADMIN).send(request).expect(201);
  const issued = await app.http
    .post(`/operators/${request.name}/keys`)
    .set(AS_ADMIN)
    .send(exampleOf('OperatorKeys_issue'))
    .expect(201);
  return issued.body as { id: string; key: string };
}

/** What a page of the registry sends. */
const PAGE = { 'X-Registry-Console': '1', Origin: new URL(app.url).origin };

let networks = 0;

/** The headers of a page that has signed in. */
async function newSession(key: string): Promise<Record<string, string>> {
  networks += 1;
  const response = await app.http
    .post('/session')
    .set({ ...PAGE, 'X-Forwarded-For': `203.0.113.${networks % 250}` })
    .send({ key })
    .expect(201);
  const [cookie = ''] = response.headers['set-cookie'] as unknown as string[];
  return { ...PAGE, Cookie: cookie.split(';')[0] ?? '' };
}

async function sessionOf(name: string, key: string): Promise<string> {
  await newSession(key);
  const listed = await app.http.get(`/operators/${name}/sessions`).set(AS_ADMIN).expect(200);
  const [session] = listed.body as { id: string }[];
  return session?.id ?? '';
}

async function newApplication(): Promise<{ apiKey: string; apiKeyId: string }> {
  await app.http.post('/applications').set(AS_ADMIN).send(exampleOf('Applications_create')).expect(201);
  const issued = await app.http
    .post('/applications/orders/environments/production/api-keys')
    .set(AS_ADMIN)
    .send(exampleOf('ApiKeys_issue'))
    .expect(201);
  const { id, apiKey } = issued.body as { id: string; apiKey: string };
  return { apiKeyId: id, apiKey };
}

/** The example, with a key that is accepted. */
function bodyOf(operation: Operation, { operatorKey }: Prepared): unknown {
  if (operation.operationId === 'Session_create') return { ...exampleOf('Session_create'), key: operatorKey };
  return exampleBody(document, operation);
}

function exampleOf(operationId: string): object {
  const operation = operations.find((each) => each.operationId === operationId);
  if (operation === undefined) throw new Error(`There is no operation ${operationId}`);
  return exampleBody(document, operation) as object;
}

function credentials(
  schemes: readonly string[],
  { apiKey, operatorKey, session }: Prepared,
): Record<string, string> {
  const values: Record<string, Record<string, string>> = {
    AdminKey: { 'X-Admin-Key': ADMIN_KEY },
    OperatorKey: { Authorization: `Bearer ${operatorKey}` },
    Session: session,
    AppKey: { 'X-App-Key': 'orders' },
    ApiKey: { 'X-API-Key': apiKey },
    Environment: { 'X-Environment': 'production' },
  };
  return Object.assign({}, ...schemes.map((scheme) => values[scheme])) as Record<string, string>;
}

/** The one status of success the contract gives an operation. */
function successOf({ method, operationId }: Operation): string {
  if (method === 'DELETE') return '204';
  return /_(create|issue|rotate|issueCode)$/.test(operationId) ? '201' : '200';
}

/** The errors any operation of its kind can give. */
function errorsOf({ method, path, parameters, bodySchema, security = [] }: Operation): string[] {
  return [
    ...(parameters.length > 0 || bodySchema !== undefined ? ['400', '503'] : []),
    ...(security.length > 0 ? ['401'] : []),
    ...(path.includes('{') ? ['404', '414'] : []),
    ...(method === 'GET' ? [] : ['413', '415']),
    ...(/^\/health(\/|$)/.test(path) ? [] : ['429']),
  ];
}

/** Paths below a request schema that neither have an example nor are made of what has one. */
function propertiesWithoutExample(given: JsonSchema, path = ''): string[] {
  const schema = resolved(document, given);
  if ('example' in schema) return [];
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, property]) =>
      propertiesWithoutExample(property, `${path}/${name}`),
    );
  }
  return schema.items === undefined ? [path] : propertiesWithoutExample(schema.items, `${path}/0`);
}

/** Every object of the document that is not part of an example. */
function objectsIn(node: unknown): Record<string, unknown>[] {
  if (Array.isArray(node)) return node.flatMap(objectsIn);
  if (typeof node !== 'object' || node === null) return [];
  const object = node as Record<string, unknown>;
  return [
    object,
    ...Object.entries(object).flatMap(([key, value]) => (key === 'example' ? [] : objectsIn(value))),
  ];
}

function pointedAt(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
}
