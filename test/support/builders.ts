import { AS_ADMIN, type TestApp } from './start-app.js';

export interface BuiltApplication {
  readonly id: string;
  readonly appKey: string;
  readonly environments: readonly { readonly id: string; readonly name: string }[];
}

/** Creates an application through the API. */
export async function createApplication(
  app: TestApp,
  body: Record<string, unknown> = {},
): Promise<BuiltApplication> {
  const response = await app.http
    .post('/applications')
    .set(AS_ADMIN)
    .send({ name: 'Orders', ...body })
    .expect(201);
  return response.body as BuiltApplication;
}

/** An API key with its secret. */
export interface IssuedKey {
  readonly id: string;
  readonly apiKey: string;
  readonly expiresAt: string | null;
}

/** Issues an API key through the API and gives it. */
export async function issueKey(
  app: TestApp,
  appKey: string,
  environment = 'production',
  body: Record<string, unknown> = {},
): Promise<IssuedKey> {
  const response = await app.http
    .post(`/applications/${appKey}/environments/${environment}/api-keys`)
    .set(AS_ADMIN)
    .send({ name: 'tests', ...body })
    .expect(201);
  return response.body as IssuedKey;
}

/** An operator with a key. */
export interface BuiltOperator {
  readonly name: string;
  readonly keyId: string;
  readonly key: string;
  /** The headers it calls with. */
  readonly as: { readonly 'X-Admin-Key': string };
}

let operators = 0;

/**
 * Creates an operator of its own name with a key, through the API.
 *
 * @param more what it is bound to, or another kind than a service
 */
export async function createOperator(app: TestApp, role: string, more: object = {}): Promise<BuiltOperator> {
  const name = `${role}-${(operators += 1)}`;
  const body = { name, kind: 'service', role, ...more };
  await app.http.post('/operators').set(AS_ADMIN).send(body).expect(201);
  const issued = await app.http.post(`/operators/${name}/keys`).set(AS_ADMIN).send({ name }).expect(201);
  const { id: keyId, key } = issued.body as { id: string; key: string };
  return { name, keyId, key, as: { 'X-Admin-Key': key } };
}

/** The headers an application calls with. */
export function asApplication(appKey: string, apiKey: string, environment?: string): Record<string, string> {
  return {
    'X-App-Key': appKey,
    'X-API-Key': apiKey,
    ...(environment !== undefined && { 'X-Environment': environment }),
  };
}

/** A registered operation with JSON schemas, as a client sends it. */
export function endpoint(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const { path = '/orders/{orderId}' } = overrides;
  return {
    name: 'Get an order',
    path,
    method: 'GET',
    description: 'One order with its lines',
    isPublic: false,
    authType: 'BEARER',
    ...(String(path).includes('{orderId}') && {
      pathParams: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
    }),
    responseBody: { type: 'object', properties: { id: { type: 'string' }, total: { type: 'number' } } },
    ...overrides,
  };
}

/** The fields of an endpoint, as it is discovered, that its registration left out. */
export const LEFT_OUT = {
  ...{ description: null, isPublic: false, authType: null, authConfig: null, contentType: null },
  ...{ pathParams: null, queryParams: null, requestBody: null, responseBody: null },
  ...{ operationId: null, tags: null, deprecated: false, headerParams: null, cookieParams: null },
  ...{ parameterStyles: null, requestBodyRequired: false, responseContentType: null },
  ...{ baseUrl: null, keywords: null },
};
