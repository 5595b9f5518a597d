import type { Response } from 'supertest';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** What `POST /register/endpoints` does is tested there: an operator does the same. */
describe('PUT /applications/{app_key}/environments/{environment}/endpoints', () => {
  let app: TestApp;
  let editor: Readonly<Record<string, string>>;

  beforeAll(async () => {
    app = await startApp({ BATCH_MAX_ENDPOINTS: '50' });
    await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    await app.http
      .post('/operators')
      .set(AS_ADMIN)
      .send({ name: 'ann', kind: 'person', role: 'editor' })
      .expect(201);
    const issued = await app.http
      .post('/operators/ann/keys')
      .set(AS_ADMIN)
      .send({ name: 'tests' })
      .expect(201);
    editor = { 'X-Admin-Key': (issued.body as { key: string }).key };
  });
  afterAll(() => app.close());

  const replace = (body: object, query = '', environment = 'staging'): Promise<Response> =>
    Promise.resolve(
      app.http
        .put(`/applications/orders/environments/${environment}/endpoints${query}`)
        .set(editor)
        .send(body),
    );
  const registered = async (environment = 'staging'): Promise<string[]> => {
    const response = await app.http.get(`/endpoints?app_key=orders&environment=${environment}`).expect(200);
    const { endpoints } = response.body as { endpoints: { method: string; path: string }[] };
    return endpoints.map(({ method, path }) => `${method} ${path}`);
  };

  it('says what would change, changes it, and is audited under the name of the operator', async () => {
    const endpoints = [endpoint({ path: '/a' }), endpoint({ path: '/b' })];
    const dry = await replace({ endpoints }, '?dryRun=true');
    expect([dry.status, dry.body]).toEqual([
      200,
      expect.objectContaining({
        added: 2,
        deleted: 0,
        message: expect.stringContaining('would be registered in staging'),
      }),
    ]);
    expect(await registered()).toEqual([]);
    const done = await replace({ endpoints });
    expect(done.body).toMatchObject({
      added: 2,
      changes: [
        { change: 'added', method: 'GET', path: '/a' },
        { change: 'added', method: 'GET', path: '/b' },
      ],
    });
    expect(await registered()).toEqual(['GET /a', 'GET /b']);
    expect(await registered('production')).toEqual([]);
    const trail = await app.http.get('/audit-logs?operator=ann&app_key=orders').set(AS_ADMIN).expect(200);
    expect(trail.body).toMatchObject([
      {
        action: 'endpoints.replaced',
        actor: 'admin',
        environment: 'staging',
        after: { added: ['GET /a', 'GET /b'] },
      },
    ]);
  });

  it('is one set with what the application registers', async () => {
    const { apiKey } = await issueKey(app, 'orders', 'staging');
    await replace({ endpoints: [endpoint({ path: '/by-ann' })] });
    const own = await app.http
      .post('/register/endpoints')
      .set(asApplication('orders', apiKey))
      .send({ app_key: 'orders', environment: 'staging', endpoints: [endpoint({ path: '/own' })] });
    expect(own.body).toMatchObject({ added: 1, deleted: 1 });
    const mixed = await replace({
      endpoints: [
        endpoint({ path: '/shared', responseBody: { $ref: '#/$defs/Order' } }),
        endpoint({ path: '/own' }),
      ],
      definitions: { Order: { type: 'object' } },
    });
    expect(mixed.body).toMatchObject({
      added: 1,
      unchanged: 1,
      definitionChanges: [{ change: 'added', name: 'Order' }],
    });
    const last = await replace({ endpoints: [endpoint({ path: '/new' })] }, '?dryRun=true');
    const changes = (last.body as { changes: { change: string; path: string }[] }).changes;
    expect(changes.map(({ change, path }) => `${change} ${path}`)).toEqual([
      'deleted /own',
      'deleted /shared',
      'added /new',
    ]);
    expect((last.body as { definitionChanges: unknown }).definitionChanges).toEqual([
      { change: 'deleted', name: 'Order' },
    ]);
    expect(await registered()).toEqual(['GET /own', 'GET /shared']);
  });

  it('takes If-Match', async () => {
    const { headers } = await app.http.get('/endpoints?app_key=orders&environment=staging').expect(200);
    const tag = String(headers.etag);
    const put = (ifMatch: string, path: string): Promise<Response> =>
      Promise.resolve(
        app.http
          .put('/applications/orders/environments/staging/endpoints')
          .set({ ...editor, 'If-Match': ifMatch })
          .send({ endpoints: [endpoint({ path })] }),
      );
    expect((await put(tag, '/first')).status).toBe(200);
    expectProblem(await put(tag, '/second'), 412, 'precondition-failed');
    expect(await registered()).toEqual(['GET /first']);
  });

  it('refuses what a batch of an application is refused for', async () => {
    expectInvalid(await replace({}), '#/endpoints');
    expectInvalid(await replace({ endpoints: [endpoint({ method: 'FETCH' })] }), '#/endpoints/0/method');
    const many = Array.from({ length: 51 }, (_, n) => endpoint({ path: `/p${n}` }));
    expectProblem(await replace({ endpoints: many }), 413, 'too-many-endpoints');
    expectProblem(await replace({ endpoints: [endpoint()] }, '', 'absent'), 404, 'environment-not-found');
    const { apiKey } = await issueKey(app, 'orders', 'staging');
    expectProblem(
      await app.http
        .put('/applications/orders/environments/staging/endpoints')
        .set(asApplication('orders', apiKey))
        .send({ endpoints: [endpoint()] }),
      401,
      'credentials-refused',
    );
  });
});
