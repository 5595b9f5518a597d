import {
  asApplication,
  type BuiltApplication,
  createApplication,
  endpoint,
  type IssuedKey,
  issueKey,
} from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  documentedSuccess,
  documentOf,
  endingOperationsOf,
  type OpenApiDocument,
  type Operation,
  withHeads,
} from '../support/openapi-operations.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { smallestBody } from '../support/swagger-ui-example.js';
import {
  expiredKey,
  keyOfInactiveApplication,
  keyOfInactiveEnvironment,
  revokedKey,
} from '../support/unusable-keys.js';

type Headers = Record<string, string>;

/** Who may call, as the contract's table of routes says. */
type Who = 'public' | 'admin' | 'application' | 'application-or-admin' | 'discovery' | 'agents';

const PUBLIC = [
  '/health',
  '/health/live',
  '/health/ready',
  '/mcp/server-card',
  '/v0.1/servers',
  '/v0.1/servers/{server_name}/versions',
  '/v0.1/servers/{server_name}/versions/{server_version}',
];
const NOT_FOR_ADMINS_ONLY: Readonly<Record<string, Who>> = {
  'PUT /applications/{app_key}': 'application-or-admin',
  'POST /register/endpoints': 'application',
  'GET /endpoints': 'discovery',
  'HEAD /endpoints': 'discovery',
  'GET /search': 'agents',
  'HEAD /search': 'agents',
  'POST /mcp': 'agents',
  ...Object.fromEntries(
    PUBLIC.flatMap((path) => [`GET ${path}`, `HEAD ${path}`].map((name) => [name, 'public'] as const)),
  ),
};

/** A route the contract does not name otherwise is the operator's. */
function who({ name }: Operation): Who {
  return NOT_FOR_ADMINS_ONLY[name] ?? 'admin';
}

const UNDOCUMENTED_PUBLIC = ['/docs', '/openapi.json'];

const ENVIRONMENTS = [{ name: 'production' }, { name: 'staging' }];

/** Applications and keys for every way credentials can be wrong. */
interface World {
  readonly production: IssuedKey;
  readonly staging: IssuedKey;
  readonly revoked: IssuedKey;
  readonly expired: IssuedKey;
  readonly billing: IssuedKey;
  readonly dormant: IssuedKey;
  readonly asleep: IssuedKey;
}

async function buildWorld(app: TestApp): Promise<World> {
  await createApplication(app, { appKey: 'orders', environments: ENVIRONMENTS });
  await createApplication(app, { appKey: 'billing', environments: ENVIRONMENTS });
  await createApplication(app, { appKey: 'dormant' });
  await createApplication(app, { appKey: 'asleep' });
  return {
    production: await issueKey(app, 'orders'),
    staging: await issueKey(app, 'orders', 'staging'),
    revoked: await revokedKey(app, 'orders'),
    expired: await expiredKey(app, 'orders'),
    billing: await issueKey(app, 'billing'),
    dormant: await keyOfInactiveApplication(app, 'dormant'),
    asleep: await keyOfInactiveEnvironment(app, 'asleep'),
  };
}

/** Credentials, and what each kind of route that is not public answers to them: 401 unless said otherwise. */
interface Case {
  readonly name: string;
  readonly headers: (world: World) => Headers;
  /** The application every route is asked for. */
  readonly target?: string;
  readonly answers?: Partial<Record<Who, number>>;
  /** What a 403 says. */
  readonly forbidden?: Readonly<Record<string, unknown>>;
}

const WRONG_ADMIN_KEY = { 'X-Admin-Key': `${ADMIN_KEY.slice(0, -1)}-` };

const OTHER_APPLICATION = {
  type: 'urn:mcp-registry:problem:other-application',
  title: 'Forbidden application',
  status: 403,
  detail: "The credentials are those of 'billing' and open nothing of another application.",
};

const OTHER_ENVIRONMENT = {
  type: 'urn:mcp-registry:problem:other-environment',
  title: 'Forbidden environment',
  status: 403,
  detail: "The API key is for the environment 'staging', which is not the one that the request means.",
};

const CASES: readonly Case[] = [
  { name: 'no credentials', headers: () => ({}) },
  { name: 'a wrong admin key', headers: () => WRONG_ADMIN_KEY },
  { name: 'the beginning of the admin key', headers: () => ({ 'X-Admin-Key': ADMIN_KEY.slice(0, -1) }) },
  { name: 'an unknown app key', headers: ({ production }) => asApplication('absent', production.apiKey) },
  {
    name: 'a key that was never issued',
    headers: () => asApplication('orders', `mcp_${'0'.repeat(16)}_${'A'.repeat(43)}`),
  },
  {
    name: 'a key with a wrong secret',
    headers: ({ production }) =>
      asApplication('orders', `${production.apiKey.slice(0, -43)}${'A'.repeat(43)}`),
  },
  { name: 'any text as a key', headers: () => asApplication('orders', 'let me in') },
  { name: "another application's key", headers: ({ billing }) => asApplication('orders', billing.apiKey) },
  {
    name: "another environment's key",
    headers: ({ staging }) => asApplication('orders', staging.apiKey, 'production'),
    answers: { 'application-or-admin': 403, discovery: 403, application: 403, agents: 403 },
    forbidden: OTHER_ENVIRONMENT,
  },
  {
    name: "another environment's key with a wrong secret",
    headers: ({ staging }) =>
      asApplication('orders', `${staging.apiKey.slice(0, -43)}${'A'.repeat(43)}`, 'production'),
  },
  {
    name: 'a revoked key for another environment',
    headers: ({ revoked }) => asApplication('orders', revoked.apiKey, 'staging'),
  },
  { name: 'a revoked key', headers: ({ revoked }) => asApplication('orders', revoked.apiKey) },
  { name: 'an expired key', headers: ({ expired }) => asApplication('orders', expired.apiKey) },
  {
    name: 'the key of an inactive application',
    headers: ({ dormant }) => asApplication('dormant', dormant.apiKey),
    target: 'dormant',
  },
  {
    name: 'the key of an inactive environment',
    headers: ({ asleep }) => asApplication('asleep', asleep.apiKey),
    target: 'asleep',
  },
  { name: 'X-App-Key without X-API-Key', headers: () => ({ 'X-App-Key': 'orders' }) },
  { name: 'X-API-Key without X-App-Key', headers: ({ production }) => ({ 'X-API-Key': production.apiKey }) },
  { name: 'the admin key as X-API-Key', headers: () => asApplication('orders', ADMIN_KEY) },
  { name: 'an API key as X-Admin-Key', headers: ({ production }) => ({ 'X-Admin-Key': production.apiKey }) },
  {
    name: 'empty headers',
    headers: () => ({ 'X-Admin-Key': '', 'X-App-Key': '', 'X-API-Key': '', 'X-Environment': '' }),
  },
  { name: 'an empty X-API-Key', headers: () => asApplication('orders', '') },
  { name: 'an empty X-App-Key', headers: ({ production }) => asApplication('', production.apiKey) },
  {
    name: 'a wrong admin key beside good application credentials',
    headers: ({ production }) => ({ ...asApplication('orders', production.apiKey), ...WRONG_ADMIN_KEY }),
  },
  {
    name: "another application's good credentials",
    headers: ({ billing }) => asApplication('billing', billing.apiKey),
    // The body still names the application asked for, which is not the one of X-App-Key.
    answers: { 'application-or-admin': 403, discovery: 403, application: 400, agents: 200 },
    forbidden: OTHER_APPLICATION,
  },
];

const REFUSED = {
  type: 'urn:mcp-registry:problem:credentials-refused',
  title: 'Credentials refused',
  status: 401,
  detail: 'This route needs valid credentials: see the security schemes in /openapi.json.',
};

const ABSENT_OPERATOR = { operator: 'absent', operator_key_id: 'absent', session_id: 'absent' };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
  readonly path: string;
}

/** What the parameters named in paths, queries and bodies hold. */
interface Target {
  readonly app_key: string;
  readonly environment: string;
  readonly id: string;
  readonly operator: string;
  readonly operator_key_id: string;
  readonly session_id: string;
}

/** What parameters hold in every case. */
const THE_SAME_FOR_ALL = {
  q: 'orders',
  server_name: 'local.127.0.0.1/mcp-registry',
  server_version: 'latest',
};

/** Bodies whose documented example is taken by what is there already. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /applications/{app_key}/environments': { name: 'made-by-the-table' },
  'POST /mcp': { jsonrpc: '2.0', id: 1, method: 'ping' },
};

/** What only one of several cases can be called. */
function ownNames({ name }: Operation, target: Target): object {
  if (name === 'POST /operators') return { name: `new-${target.operator}` };
  return name === 'POST /applications/{app_key}/rename' ? { appKey: `new-${target.app_key}` } : {};
}

async function send(
  { app, document }: { app: TestApp; document: OpenApiDocument },
  operation: Operation,
  target: Target,
  headers: Headers,
): Promise<Answer> {
  const values: Readonly<Record<string, string>> = { ...target, ...THE_SAME_FOR_ALL, app_id: target.app_key };
  const valueOf = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`${operation.name}: say here what the parameter ${name} holds`);
    return encodeURIComponent(value);
  };
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(name));
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name }) => `${name}=${valueOf(name)}`)
    .join('&');
  const method = operation.method.toLowerCase() as 'get' | 'head' | 'post' | 'put' | 'delete';
  const request = app.http[method](query === '' ? path : `${path}?${query}`).set(headers);
  if (operation.bodySchema !== undefined) {
    const smallest = BODIES[operation.name] ?? (smallestBody(document, operation) as object);
    const body = { ...smallest, ...ownNames(operation, target) };
    request.send('app_key' in body ? { ...body, app_key: target.app_key } : body);
  }
  const response = await request;
  return {
    status: response.status,
    body: response.body as Record<string, unknown>,
    headers: response.headers,
    path,
  };
}

async function sendAll(
  operations: readonly Operation[],
  each: (operation: Operation) => Promise<Answer>,
): Promise<Map<Operation, Answer>> {
  const answers = new Map<Operation, Answer>();
  for (const operation of operations) answers.set(operation, await each(operation));
  return answers;
}

/** Says how many requests the client has made, and nothing of its credentials. */
function withoutRateLimit(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('ratelimit-')));
}

function statuses(answers: ReadonlyMap<Operation, Answer>): Record<string, number> {
  return Object.fromEntries([...answers].map(([{ name }, { status }]) => [name, status]));
}

function everyRow(app: TestApp): Promise<Record<string, unknown>[]> {
  return app.database.query(`
    SELECT (SELECT json_agg(t ORDER BY "id") FROM "Application" t) AS "applications",
           (SELECT json_agg(t ORDER BY "id") FROM "Environment" t) AS "environments",
           (SELECT json_agg(t ORDER BY "id") FROM "Endpoint" t) AS "endpoints",
           (SELECT json_agg(to_jsonb(t) - 'lastUsedAt' ORDER BY "id") FROM "ApiKey" t) AS "apiKeys",
           (SELECT json_agg(t ORDER BY "id") FROM "Operator" t) AS "operators",
           (SELECT json_agg(to_jsonb(t) - 'lastUsedAt' ORDER BY "id") FROM "OperatorKey" t) AS "operatorKeys",
           (SELECT json_agg(to_jsonb(t) - 'lastSeenAt' ORDER BY "id") FROM "OperatorSession" t) AS "sessions"`);
}

describe.each([false, true])('with ENDPOINTS_REQUIRE_KEY=%s', (requireKey) => {
  let app: TestApp;
  let world: World;
  let document: OpenApiDocument;
  let operations: Operation[];
  let operatorsMade = 0;

  /** What a route is once the setting is known. */
  const effective = (operation: Operation): Who =>
    who(operation) === 'discovery' && !requireKey ? 'public' : who(operation);

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: String(requireKey) });
    world = await buildWorld(app);
    document = await documentOf(app);
    // Signing in has its credentials in the body; see the tests of sessions.
    operations = withHeads(endingOperationsOf(document).filter(({ name }) => name !== 'POST /session'));
    // The others are the same in both cases.
    if (!requireKey) operations = operations.filter((operation) => NOT_FOR_ADMINS_ONLY[operation.name]);
  });
  afterAll(() => app.close());

  it('knows every route that is not for admins only', () => {
    expect(operations.map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.keys(NOT_FOR_ADMINS_ONLY)),
    );
  });

  describe.each(CASES)('$name', ({ headers, target = 'orders', answers: exceptions = {}, forbidden }) => {
    it('opens nothing but public routes and changes nothing', async () => {
      const before = await everyRow(app);
      const answers = await sendAll(operations, (operation) =>
        send(
          { app, document },
          operation,
          { app_key: target, environment: 'production', id: world.production.id, ...ABSENT_OPERATOR },
          headers(world),
        ),
      );
      expect(statuses(answers)).toEqual(
        Object.fromEntries(
          operations.map((operation) => [
            operation.name,
            effective(operation) === 'public'
              ? documentedSuccess(operation)
              : (exceptions[effective(operation)] ?? 401),
          ]),
        ),
      );
      expect(await everyRow(app)).toEqual(before);

      const refused = [...answers].filter(([, { status }]) => status === 401);
      if (requireKey) expect(refused).not.toHaveLength(0);
      for (const [operation, { body, headers: received, path }] of refused) {
        const { 'x-request-id': requestId, ...rest } = received;
        const { date: _date, connection: _connection, ...constant } = withoutRateLimit(rest);
        // The same to the byte whatever the reason: an outsider learns nothing.
        expect(constant).toEqual({
          'www-authenticate': 'ApiKey',
          'content-type': 'application/problem+json; charset=utf-8',
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
          'content-length': String(JSON.stringify({ ...REFUSED, instance: path, requestId }).length),
        });
        if (operation.method !== 'HEAD') expect(body).toEqual({ ...REFUSED, instance: path, requestId });
      }
      for (const [operation, { status, body, headers: received, path }] of answers) {
        if (status !== 403 || operation.method === 'HEAD') continue;
        expect(body).toEqual({
          ...forbidden,
          instance: path,
          requestId: received['x-request-id'],
        });
      }
    });

    it.each(UNDOCUMENTED_PUBLIC)('still reads %s', async (path) => {
      await app.http.get(path).set(headers(world)).expect(200);
    });
  });

  /** Every operation on an application of its own, so that none disturbs another. */
  async function sendValid(
    operation: Operation,
    headers: (application: BuiltApplication, key: IssuedKey) => Headers,
  ): Promise<Answer> {
    const application = await createApplication(app, { name: operation.name.slice(0, 60) });
    const key = await issueKey(app, application.appKey);
    const other = await issueKey(app, application.appKey);
    if (!operation.path.includes('{operator}') && operation.name !== 'POST /operators') {
      const target = { app_key: application.appKey, environment: 'production', id: other.id };
      return send({ app, document }, operation, { ...target, ...ABSENT_OPERATOR }, headers(application, key));
    }
    const operator = `operator-${(operatorsMade += 1)}`;
    await app.http
      .post('/operators')
      .set(AS_ADMIN)
      .send({ name: operator, kind: 'service', role: 'viewer' })
      .expect(201);
    const issued = await app.http.post(`/operators/${operator}/keys`).set(AS_ADMIN).send({ name: 'ci' });
    const { id: operatorKeyId } = issued.body as IssuedKey;
    const session = `session-${operator}`;
    await app.database.query(
      `INSERT INTO "OperatorSession" ("id", "tokenHash", "operatorKeyId", "createdAt", "lastSeenAt", "expiresAt")
       VALUES ($1, $1, $2, now(), now(), now() + interval '1 hour')`,
      [session, operatorKeyId],
    );
    return send(
      { app, document },
      operation,
      {
        app_key: application.appKey,
        environment: 'production',
        id: other.id,
        operator,
        operator_key_id: operatorKeyId,
        session_id: session,
      },
      headers(application, key),
    );
  }

  it.each([
    ['alone', (): Headers => AS_ADMIN],
    [
      'beside wrong application credentials',
      (): Headers => ({ ...AS_ADMIN, ...asApplication('absent', 'nothing') }),
    ],
  ])('the admin key %s opens every route but those of applications', async (_, headers) => {
    const answers = await sendAll(operations, (operation) => sendValid(operation, headers));
    expect(statuses(answers)).toEqual(
      Object.fromEntries(
        operations.map((operation) => [
          operation.name,
          effective(operation) === 'application' ? 401 : documentedSuccess(operation),
        ]),
      ),
    );
  });

  it.each([
    ['alone', {}, 401],
    ['beside an empty X-Admin-Key', { 'X-Admin-Key': '' }, 401],
    ['beside the admin key', AS_ADMIN, undefined],
  ] as const)(
    'good application credentials %s open the routes of applications',
    async (_, more, forAdmins) => {
      const answers = await sendAll(operations, (operation) =>
        sendValid(operation, ({ appKey }, { apiKey }) => ({ ...asApplication(appKey, apiKey), ...more })),
      );
      expect(statuses(answers)).toEqual(
        Object.fromEntries(
          operations.map((operation) => [
            operation.name,
            effective(operation) === 'admin'
              ? (forAdmins ?? documentedSuccess(operation))
              : documentedSuccess(operation),
          ]),
        ),
      );
    },
  );
});

describe('the environment meant', () => {
  let app: TestApp;
  let world: World;

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' });
    world = await buildWorld(app);
  });
  afterAll(() => app.close());

  describe('PUT /applications/{app_key}', () => {
    it.each([
      ['production', undefined, 200],
      ['staging', undefined, 200],
      ['staging', '', 200],
      ['production', 'production', 200],
      ['staging', 'staging', 200],
      ['staging', 'production', 403],
      ['production', 'staging', 403],
      ['production', 'Production', 403],
      ['production', 'moon', 403],
    ] as const)('with the key of %s and X-Environment: %s answers %s', async (key, header, status) => {
      const response = await app.http
        .put('/applications/orders')
        .set(asApplication('orders', world[key].apiKey, header))
        .send({ description: `${key} ${header ?? ''}` });
      expect(response.status).toBe(status);
    });
  });

  describe('POST /register/endpoints', () => {
    it.each([
      // key, X-Environment, environment of the body
      ['production', undefined, undefined, 200],
      ['production', undefined, 'production', 200],
      ['production', undefined, null, 200],
      ['production', 'production', undefined, 200],
      ['production', '', 'production', 200],
      ['staging', undefined, 'staging', 200],
      ['staging', 'staging', 'staging', 200],
      ['staging', undefined, undefined, 403],
      ['staging', 'production', 'production', 403],
      ['production', undefined, 'staging', 403],
      ['production', undefined, 'moon', 403],
      ['production', 'staging', undefined, 400],
      ['production', 'staging', 'production', 400],
      ['staging', 'staging', undefined, 400],
      ['staging', 'production', 'staging', 400],
    ] as const)(
      'with the key of %s, X-Environment: %s and the environment %s in the body answers %s',
      async (key, header, environment, status) => {
        const response = await app.http
          .post('/register/endpoints')
          .set(asApplication('orders', world[key].apiKey, header))
          .send({ app_key: 'orders', environment, endpoints: [endpoint()] });
        expect(response.status).toBe(status);
        if (status === 200) {
          expect((response.body as { message: string }).message).toContain(
            ` in ${environment ?? 'production'}:`,
          );
        }
        if (status === 400) {
          expect(response.body).toMatchObject({
            errors: [{ pointer: '#/environment', detail: expect.stringContaining('contradicts') }],
          });
        }
      },
    );

    it('answers 400 when the body names another application', async () => {
      const response = await app.http
        .post('/register/endpoints')
        .set(asApplication('orders', world.production.apiKey))
        .send({ app_key: 'billing', endpoints: [endpoint()] });
      expect(response.status).toBe(400);
      expect(response.body).toMatchObject({ errors: [{ pointer: '#/app_key' }] });
    });
  });

  describe('GET /endpoints', () => {
    it.each([
      ['production', '', undefined, 200],
      ['staging', '', undefined, 403],
      ['staging', '&environment=staging', undefined, 200],
      ['staging', '', 'staging', 200],
      ['staging', '&environment=staging', 'production', 200],
      ['production', '&environment=staging', 'production', 403],
      ['production', '', 'staging', 403],
      ['production', '', 'moon', 403],
    ] as const)(
      'with the key of %s, the query "%s" and X-Environment: %s answers %s',
      async (key, query, header, status) => {
        const response = await app.http
          .get(`/endpoints?app_key=orders${query}`)
          .set(asApplication('orders', world[key].apiKey, header));
        expect(response.status).toBe(status);
        if (status === 200) expect(response.body).toMatchObject({ environment: { name: key } });
      },
    );

    it('answers 400 when good credentials ask for no application', async () => {
      const response = await app.http.get('/endpoints').set(asApplication('orders', world.production.apiKey));
      expect(response.status).toBe(400);
      expect(response.body).toMatchObject({ errors: [{ pointer: '#/app_key' }] });
    });
  });
});
