import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const SCHEMA = { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] };

/**
 * What clients written for the reference registry send: no `X-Environment`, a path for the health check,
 * an empty content type, schemas both ways, nulls and fields of their own.
 */
describe('a client of the reference registry', () => {
  let app: TestApp;
  let headers: Record<string, string>;

  beforeAll(async () => {
    app = await startApp();
    await createApplication(app, {
      name: 'Order service',
      appKey: 'order-service',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    headers = asApplication('order-service', (await issueKey(app, 'order-service')).apiKey);
  });
  afterAll(() => app.close());

  it('updates its application when it starts', async () => {
    const response = await app.http.put('/applications/order-service').set(headers).send({
      name: 'Order service',
      description: 'Takes orders',
      healthCheckUrl: '/actuator/health',
      appKey: 'order-service',
      sdkVersion: '1.4.2',
    });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ appKey: 'order-service', healthCheckUrl: '/actuator/health' });
    expect(response.body).not.toHaveProperty('sdkVersion');
  });

  it('keeps the name of its application when it sends the app key as name, as version 0.0.2 of its library', async () => {
    const sent = { name: 'order-service', description: 'Restarted' };
    const response = await app.http.put('/applications/order-service').set(headers).send(sent);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ name: 'Order service', description: 'Restarted' });

    const byOperator = await app.http.put('/applications/order-service').set(AS_ADMIN).send(sent);
    expect(byOperator.body).toMatchObject({ name: 'order-service' });
    const back = await app.http
      .put('/applications/order-service')
      .set(headers)
      .send({ name: 'Order service' });
    expect(back.body).toMatchObject({ name: 'Order service' });
  });

  it('updates its application with a key of another environment, too', async () => {
    const { apiKey } = await issueKey(app, 'order-service', 'staging');
    const response = await app.http
      .put('/applications/order-service')
      .set(asApplication('order-service', apiKey))
      .send({ description: 'From staging' });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ description: 'From staging' });
  });

  it('registers its endpoints and reads them back', async () => {
    const batch = {
      app_key: 'order-service',
      environment: 'production',
      sdkVersion: '1.4.2',
      endpoints: [
        {
          name: 'getOrder',
          path: '/orders/{orderId}',
          method: 'GET',
          description: null,
          isPublic: null,
          authType: null,
          authConfig: null,
          contentType: '',
          pathParams: JSON.stringify(SCHEMA),
          queryParams: null,
          requestBody: null,
          responseBody: '{"type":"object","properties":{"id":{"type":"string"}}}',
          controllerClass: 'com.example.OrderController',
        },
        {
          name: 'createOrder',
          path: '/orders',
          method: 'post',
          description: 'Creates an order',
          isPublic: false,
          authType: 'BEARER',
          contentType: 'application/json',
          pathParams: {},
          queryParams: '{}',
          requestBody: SCHEMA,
          responseBody: 'OrderDto',
          parameters: [{ name: 'dryRun', in: 'query' }],
        },
      ],
    };
    const response = await app.http.post('/register/endpoints').set(headers).send(batch);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ added: 2, updated: 0, deleted: 0, unchanged: 0 });

    const again = await app.http.post('/register/endpoints').set(headers).send(batch);
    expect(again.body).toMatchObject({ added: 0, updated: 0, deleted: 0, unchanged: 2 });

    const listed = await app.http.get('/endpoints').query({ app_key: 'order-service' });
    expect(listed.status).toBe(200);
    const { endpoints } = listed.body as { endpoints: Record<string, unknown>[] };
    expect(endpoints).toEqual([
      expect.objectContaining({
        name: 'createOrder',
        path: '/orders',
        method: 'POST',
        pathParams: {},
        queryParams: {},
        requestBody: SCHEMA,
        responseBody: 'OrderDto',
      }),
      expect.objectContaining({
        name: 'getOrder',
        path: '/orders/{orderId}',
        method: 'GET',
        description: null,
        isPublic: false,
        contentType: null,
        pathParams: SCHEMA,
        queryParams: null,
        responseBody: { type: 'object', properties: { id: { type: 'string' } } },
      }),
    ]);
    for (const unknown of ['controllerClass', 'parameters', 'sdkVersion']) {
      expect(listed.text).not.toContain(unknown);
    }
  });

  it('reads all applications and finds an environment object in each', async () => {
    await createApplication(app, { name: 'Elsewhere', environments: [{ name: 'development' }] });
    const response = await app.http.get('/applications/with-endpoints').set(AS_ADMIN);
    expect(response.status).toBe(200);
    const applications = response.body as { appKey: string; environment: Record<string, unknown> }[];
    expect(applications.map(({ appKey }) => appKey)).toEqual(['order-service']);
    expect(applications[0]?.environment).toMatchObject({ name: 'production', security: null });
  });
});
