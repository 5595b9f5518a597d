import { Validator } from '@seriousme/openapi-schema-validator';
import type { Response } from 'supertest';
import { createApplication, endpoint } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const ROUTE = '/applications/orders/environments/production/openapi.json';

function bodyOf(response: Response): Record<string, unknown> {
  return response.body as Record<string, unknown>;
}

describe(`GET ${ROUTE}`, () => {
  let app: TestApp;
  let orders: Registrant;

  beforeAll(async () => {
    app = await startApp();
    orders = await createRegistrant(app);
    await register(app, orders, [
      endpoint({ responseBody: { type: 'object' } }),
      endpoint({ method: 'put', contentType: 'application/json', requestBody: '{"type": "object"}' }),
      endpoint({
        path: '/health',
        pathParams: null,
        responseBody: 'up or down',
        isPublic: true,
        authType: null,
      }),
    ]);
  });
  afterAll(() => app.close());

  it('is a valid OpenAPI 3.1 document of what is registered, in order', async () => {
    const body = bodyOf(await app.http.get(ROUTE).set(AS_ADMIN).expect(200));
    const orderId = { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } };
    const get = {
      summary: 'Get an order',
      description: 'One order with its lines',
      parameters: [orderId],
      responses: {
        200: { description: 'Success', content: { 'application/json': { schema: { type: 'object' } } } },
      },
      security: [{ BEARER: [] }],
      'x-mcp-registry': { authConfig: null, responseContentType: null },
    };
    expect(body).toEqual({
      openapi: '3.1.0',
      info: { title: 'Orders', version: 'production' },
      paths: {
        '/health': {
          get: {
            summary: 'Get an order',
            description: 'One order with its lines',
            responses: { 200: { description: 'Success', content: { 'application/json': {} } } },
            security: [],
            'x-mcp-registry': { responseBody: '"up or down"', responseContentType: null },
          },
        },
        '/orders/{orderId}': {
          get,
          put: {
            ...get,
            requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
            responses: {
              200: {
                description: 'Success',
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      properties: { id: { type: 'string' }, total: { type: 'number' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
      components: { securitySchemes: { BEARER: { type: 'http', scheme: 'bearer' } } },
    });
    expect(Object.keys(body.paths as object)).toEqual(['/health', '/orders/{orderId}']);
    expect(await new Validator().validate(body)).toEqual({ valid: true });
  });

  it('is 304 until something of it changes', async () => {
    const tag = async (): Promise<string> => {
      const { headers } = await app.http.get(ROUTE).set(AS_ADMIN).expect(200);
      return headers.etag ?? '';
    };
    const before = await tag();
    await app.http.get(ROUTE).set(AS_ADMIN).set('If-None-Match', before).expect(304);
    await app.http
      .put('/applications/orders/environments/production')
      .set(AS_ADMIN)
      .send({ baseDomain: 'http://orders.example.com/v2/' })
      .expect(200);
    const body = bodyOf(await app.http.get(ROUTE).set(AS_ADMIN).set('If-None-Match', before).expect(200));
    expect(body).toMatchObject({ servers: [{ url: 'http://orders.example.com/v2' }] });
    const described = await tag();
    await app.http
      .put('/applications/orders')
      .set(AS_ADMIN)
      .send({ description: 'Takes orders' })
      .expect(200);
    expect(await tag()).not.toBe(described);
  });

  it('says what maps of parameters mean, as the Java SDK sends them', async () => {
    const billing = await createRegistrant(app);
    const registered = await register(app, billing, [
      {
        name: 'getInvoice',
        path: '/invoices/{invoiceId}',
        method: 'GET',
        contentType: '',
        pathParams: { invoiceId: 'Long' },
        queryParams: {
          expand: { type: 'boolean', required: true },
          since: 'LocalDate',
          tags: 'List<String>',
        },
        requestBody: { ignored: 'String' },
      },
      {
        name: 'createInvoice',
        path: '/invoices',
        method: 'POST',
        contentType: 'application/json',
        requestBody: { customer: 'String', total: 'BigDecimal' },
        responseBody: { id: 'UUID' },
      },
    ]);
    expect(registered.status).toBe(200);
    const body = bodyOf(
      await app.http
        .get(`/applications/${billing.appKey}/environments/production/openapi.json`)
        .set(AS_ADMIN)
        .expect(200),
    );
    expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true });
    const schemaOf = (schema: object): object => ({ content: { 'application/json': { schema } } });
    expect(body.paths).toMatchObject({
      '/invoices/{invoiceId}': {
        get: {
          parameters: [
            { name: 'invoiceId', in: 'path', required: true, schema: { type: 'integer' } },
            { name: 'expand', in: 'query', required: true, schema: { type: 'boolean' } },
            { name: 'since', in: 'query', schema: { type: 'string', format: 'date' } },
            { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          ],
        },
      },
      '/invoices': {
        post: {
          requestBody: schemaOf({
            type: 'object',
            properties: { customer: { type: 'string' }, total: { type: 'number' } },
          }),
          responses: { 200: schemaOf({ type: 'object', properties: { id: { type: 'string' } } }) },
        },
      },
    });
    const paths = body.paths as Record<string, { get?: object }>;
    expect(paths['/invoices/{invoiceId}']?.get).not.toHaveProperty('requestBody');
  });

  it('has no paths where nothing is registered, and is not where nothing is', async () => {
    await createApplication(app, { appKey: 'empty', name: 'Empty' });
    const path = '/applications/empty/environments/production/openapi.json';
    const body = bodyOf(await app.http.get(path).set(AS_ADMIN).expect(200));
    expect(body).toEqual({
      openapi: '3.1.0',
      info: { title: 'Empty', version: 'production' },
      paths: {},
      components: { securitySchemes: {} },
    });
    for (const absent of ['empty/environments/none', 'none/environments/production']) {
      await app.http.get(`/applications/${absent}/openapi.json`).set(AS_ADMIN).expect(404);
    }
  });
});
