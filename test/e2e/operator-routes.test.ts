import type { Response } from 'supertest';
import { OPERATOR_ROLES, type OperatorRole } from '#libs/domain/operator.js';
import { type BuiltOperator, createApplication, createOperator } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import {
  documentOf,
  endingOperationsOf,
  type Operation,
  operationsOf,
} from '../support/openapi-operations.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** The least role of each route, as docs/operators.md says it; routes for everybody and for applications have none. */
const LEAST_ROLES: Readonly<Record<string, OperatorRole>> = {
  'POST /applications': 'editor',
  'GET /applications': 'viewer',
  'GET /applications/with-endpoints': 'agent',
  'GET /applications/{app_key}': 'viewer',
  'PUT /applications/{app_key}': 'editor',
  'DELETE /applications/{app_key}': 'admin',
  'POST /applications/{app_key}/rename': 'admin',
  'GET /applications/{app_key}/environments': 'viewer',
  'POST /applications/{app_key}/environments': 'editor',
  'GET /applications/{app_key}/environments/{environment}': 'viewer',
  'PUT /applications/{app_key}/environments/{environment}': 'editor',
  'DELETE /applications/{app_key}/environments/{environment}': 'admin',
  'POST /applications/{app_key}/environments/{environment}/rename': 'admin',
  'GET /applications/{app_key}/environments/{environment}/openapi.json': 'viewer',
  'GET /applications/{app_key}/environments/{environment}/api-keys': 'viewer',
  'POST /applications/{app_key}/environments/{environment}/api-keys': 'editor',
  'POST /applications/{app_key}/environments/{environment}/api-keys/{id}/rotate': 'editor',
  'DELETE /applications/{app_key}/environments/{environment}/api-keys/{id}': 'editor',
  'GET /overview': 'viewer',
  'GET /events': 'viewer',
  'GET /api-keys': 'viewer',
  'GET /search': 'agent',
  'POST /mcp': 'agent',
  'GET /session': 'agent',
  'DELETE /session': 'agent',
  'POST /session/codes': 'agent',
  'GET /operators/{operator}/sessions': 'admin',
  'DELETE /operators/{operator}/sessions/{session_id}': 'admin',
  'PUT /applications/{app_key}/environments/{environment}/endpoints': 'editor',
  'GET /endpoints': 'agent',
  'GET /health-check/applications/{app_id}': 'viewer',
  'GET /health-check/applications/{app_id}/logs': 'viewer',
  'GET /health-check/applications/{app_id}/history': 'viewer',
  'POST /health-check/applications/{app_id}/check': 'editor',
  'GET /audit-logs': 'viewer',
  'GET /audit-logs/head': 'viewer',
  'POST /operators': 'admin',
  'GET /operators': 'admin',
  'GET /operators/{operator}': 'admin',
  'PUT /operators/{operator}': 'admin',
  'DELETE /operators/{operator}': 'admin',
  'POST /operators/{operator}/keys': 'admin',
  'POST /operators/{operator}/keys/{operator_key_id}/rotate': 'admin',
  'DELETE /operators/{operator}/keys/{operator_key_id}': 'admin',
};

/** What only admins who are bound to nothing may do. */
const UNBOUND = /^\w+ \/operators/;

type Headers = Readonly<Record<string, string>>;
let app: TestApp;
let operations: Operation[];
let made = 0;

beforeAll(async () => {
  // Each sign-in comes from a network of its own: they are counted.
  app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true', TRUST_PROXY: 'true' });
  stopIntervals(app);
  await createApplication(app, { appKey: 'orders' });
  // The one that ends a session comes last.
  operations = endingOperationsOf(await documentOf(app))
    .filter(({ name }) => name in LEAST_ROLES)
    .sort((one, other) => Number(one.name === 'DELETE /session') - Number(other.name === 'DELETE /session'));
});
afterAll(() => app.close());

const operator = (role: OperatorRole, bindings: object): Promise<BuiltOperator> =>
  createOperator(app, role, { kind: 'person', ...bindings });

const WAYS: Readonly<Record<string, (operator: BuiltOperator) => Promise<Headers>>> = {
  'a key in X-Admin-Key': ({ key }) => Promise.resolve({ 'X-Admin-Key': key }),
  'a bearer token': ({ key }) => Promise.resolve({ Authorization: `Bearer ${key}` }),
  'a session': async ({ key }) => {
    const page = { 'X-Registry-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
    const response = await app.http
      .post('/session')
      .set({ ...page, 'X-Forwarded-For': `203.0.113.${(made += 1) % 250}` })
      .send({ key })
      .expect(201);
    const [cookie = ''] = response.headers['set-cookie'] as unknown as string[];
    return { ...page, Cookie: cookie.split(';')[0] ?? '' };
  },
};

/** What spoils a credential after it was accepted. */
const STATES: Readonly<Record<string, (operator: BuiltOperator) => Promise<unknown>>> = {
  'a valid key': () => Promise.resolve(),
  'a revoked key': ({ name, keyId }) =>
    app.http.delete(`/operators/${name}/keys/${keyId}`).set(AS_ADMIN).expect(204),
  'an expired key': ({ keyId }) =>
    app.database.query(`UPDATE "OperatorKey" SET "expiresAt" = now() WHERE "id" = $1`, [keyId]),
  'an inactive operator': ({ name }) =>
    app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: false }).expect(200),
};

/** With no body, which is refused after the credentials. */
function send(operation: Operation, headers: Headers): Promise<Response> {
  const path = operation.path.replace('{app_key}', 'orders').replace(/\{\w+\}/g, 'absent');
  const query = operation.name === 'GET /endpoints' ? '?app_key=orders' : '';
  const method = operation.method.toLowerCase() as 'get';
  return Promise.resolve(app.http[method](`${path}${query}`).set(headers));
}

function expectedOf({ name }: Operation, role: OperatorRole, bound: boolean, valid: boolean): string {
  if (!valid) return '401';
  const least = LEAST_ROLES[name] ?? 'admin';
  if (OPERATOR_ROLES.indexOf(role) < OPERATOR_ROLES.indexOf(least)) return '403 role-required';
  return bound && UNBOUND.test(name) ? '403 outside-bindings' : 'admitted';
}

/** What the answer says of the credentials. */
function verdictOf(answer: Response): string {
  if (answer.status === 401) {
    expectProblem(answer, 401, 'credentials-refused');
    return '401';
  }
  const { type = '' } = answer.body as { type?: string };
  const [, code = ''] = /problem:(role-required|outside-bindings)$/.exec(type) ?? [];
  return code === '' ? 'admitted' : `${answer.status} ${code}`;
}

describe('every route of operators', () => {
  it('has its least role in the OpenAPI document', async () => {
    const told = operationsOf(await documentOf(app)).flatMap((operation) => {
      const role = (operation as unknown as Record<string, unknown>)['x-required-role'];
      return role === undefined ? [] : [[operation.name, role] as const];
    });
    expect(Object.fromEntries(told)).toEqual(LEAST_ROLES);
  });

  const cases = Object.keys(WAYS).flatMap((way) =>
    Object.keys(STATES).flatMap((state) =>
      OPERATOR_ROLES.flatMap((role) => [false, true].map((bound) => [way, state, role, bound] as const)),
    ),
  );

  it.each(cases)('answers %s of %s with the role %s, bound: %s', async (way, state, role, bound) => {
    const operator_ = await operator(role, bound ? { applications: ['orders'] } : {});
    const headers = (await WAYS[way]?.(operator_)) ?? {};
    expect((await app.http.get('/session').set(headers)).status).toBe(200);
    await STATES[state]?.(operator_);
    const valid = state === 'a valid key';
    // What SQL changes is told within milliseconds.
    await eventually(
      async () => (await app.http.get('/session').set(headers)).status === (valid ? 200 : 401),
    );
    const verdicts: [string, string][] = [];
    for (const operation of operations) {
      if (operation.name === 'DELETE /applications/{app_key}' && role === 'admin') continue;
      verdicts.push([operation.name, verdictOf(await send(operation, headers))]);
    }
    expect(verdicts).toEqual(
      operations
        .filter(({ name }) => name !== 'DELETE /applications/{app_key}' || role !== 'admin')
        .map((operation) => [operation.name, expectedOf(operation, role, bound, valid)]),
    );
  });
});
