import type { Response } from 'supertest';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import type { OperatorRole } from '#libs/domain/operator.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { type BuiltOperator, createApplication, createOperator, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

interface Names {
  readonly applications?: readonly string[] | null;
  readonly environments?: readonly string[] | null;
}

type Headers = Readonly<Record<string, string>>;

describe('an operator who is bound', () => {
  let app: TestApp;
  let stagingId: string;
  let productionId: string;

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' });
    stopIntervals(app);
    for (const [appKey, environments] of [
      ['orders', ['production', 'staging']],
      ['payments', ['production']],
      ['empty', ['development']],
    ] as const) {
      await createApplication(app, { appKey, environments: environments.map((name) => ({ name })) });
    }
    await issueKey(app, 'orders', 'staging');
    const listed = await app.http.get('/applications/orders/environments').set(AS_ADMIN).expect(200);
    const found = listed.body as { id: string; name: string }[];
    stagingId = found.find(({ name }) => name === 'staging')?.id ?? '';
    productionId = found.find(({ name }) => name === 'production')?.id ?? '';
  });
  afterAll(() => app.close());

  const operator = (role: OperatorRole, names: Names): Promise<BuiltOperator> =>
    createOperator(app, role, names);

  const get = (path: string, as: Headers): Promise<Response> => Promise.resolve(app.http.get(path).set(as));

  /** An answer without what differs from request to request. */
  async function told(path: string, as: Headers, method: 'get' | 'put' | 'post' | 'delete' = 'get') {
    const answer = await app.http[method](path)
      .set(as)
      .send(method === 'get' ? undefined : {});
    const { instance: _, requestId: __, ...rest } = answer.body as Record<string, unknown>;
    return { ...rest, status: answer.status };
  }

  const keysOf = ({ body }: Response): string[] => (body as { appKey: string }[]).map(({ appKey }) => appKey);
  const namesOf = ({ body }: Response): string[] => (body as { name: string }[]).map(({ name }) => name);

  describe('to an application', () => {
    let as: Headers;
    beforeAll(async () => ({ as } = await operator('admin', { applications: ['orders'] })));

    it('finds it alone in lists, pages included', async () => {
      expect(keysOf(await get('/applications', as))).toEqual(['orders']);
      const page = await get('/applications?limit=1', as);
      expect([keysOf(page), page.headers.link]).toEqual([['orders'], undefined]);
      expect(keysOf(await get('/applications/with-endpoints?environment=production', as))).toEqual([
        'orders',
      ]);
      expect(keysOf(await get('/applications/with-endpoints?environment=production', AS_ADMIN))).toEqual([
        'orders',
        'payments',
      ]);
    });

    it.each([
      ['get', ''],
      ['put', ''],
      ['delete', ''],
      ['get', '/environments'],
      ['post', '/environments'],
      ['get', '/environments/production'],
      ['put', '/environments/production'],
      ['delete', '/environments/production'],
      ['get', '/environments/production/openapi.json'],
      ['get', '/environments/production/api-keys'],
      ['post', '/environments/production/api-keys'],
      ['post', '/environments/production/api-keys/none/rotate'],
      ['delete', '/environments/production/api-keys/none'],
    ] as const)('is answered by %s %s of another as if it did not exist', async (method, path) => {
      const answer = await told(`/applications/payments${path}`, as, method);
      expect(answer).toMatchObject({ status: 404, type: expect.stringContaining('application-not-found') });
      const absent = await told(`/applications/absent-${path.length}${path}`, as, method);
      expect(JSON.stringify(answer).replaceAll('payments', 'X')).toBe(
        JSON.stringify(absent).replaceAll(`absent-${path.length}`, 'X'),
      );
    });

    it.each(['', '/logs', '/history'])(
      'is answered about the health%s of another as if it did not exist, by id too',
      async (path) => {
        const payments = await get('/applications/payments', AS_ADMIN);
        for (const id of ['payments', (payments.body as { id: string }).id]) {
          expectProblem(
            await get(`/health-check/applications/${id}${path}`, as),
            404,
            'application-not-found',
          );
        }
        expect((await get(`/health-check/applications/orders${path}`, as)).status).toBe(200);
      },
    );

    it('probes no other', async () => {
      const check = (appKey: string): Promise<Response> =>
        Promise.resolve(app.http.post(`/health-check/applications/${appKey}/check`).set(as));
      expectProblem(await check('payments'), 404, 'application-not-found');
      expect((await check('orders')).status).toBe(200);
    });

    it('discovers no other', async () => {
      expectProblem(await get('/endpoints?app_key=payments', as), 404, 'application-not-found');
      expect((await get('/endpoints?app_key=orders', as)).status).toBe(200);
    });

    it('reads its part of the audit trail', async () => {
      const all = keysOf(await get('/audit-logs?limit=500', as));
      expect(new Set(all)).toEqual(new Set(['orders']));
      expect(keysOf(await get('/audit-logs?app_key=payments', as))).toEqual([]);
    });

    it('creates no other', async () => {
      const create = (body: object): Promise<Response> =>
        Promise.resolve(app.http.post('/applications').set(as).send(body));
      const refused = await create({ name: 'Another', appKey: 'another' });
      expectProblem(refused, 403, 'outside-bindings');
      expect(refused.body).toMatchObject({
        detail: expect.stringContaining('is bound to the application orders; this concerns more.'),
      });
      expectProblem(await create({ name: 'Made of the name' }), 403, 'outside-bindings');
      expectProblem(await get('/applications/another', AS_ADMIN), 404, 'application-not-found');
      expectProblem(await get('/applications/made-of-the-name', AS_ADMIN), 404, 'application-not-found');
    });

    it('manages no operators', async () => {
      for (const path of ['/operators', '/operators/none']) {
        expectProblem(await get(path, as), 403, 'outside-bindings');
      }
      const escalated = await app.http
        .post('/operators')
        .set(as)
        .send({ name: 'eve', kind: 'person', role: 'admin' });
      expectProblem(escalated, 403, 'outside-bindings');
    });

    it('is in the trail with what was refused', async () => {
      const { as: eve, name } = await operator('admin', { applications: ['orders'] });
      expectProblem(await get('/operators', eve), 403, 'outside-bindings');
      await app.nest.get<RefusalLog>(RefusalRecorder).flush();
      const entries = await get(`/audit-logs?operator=${name}&reason=outside-bindings`, AS_ADMIN);
      expect(entries.body).toMatchObject([{ action: 'credentials.refused', operatorName: name }]);
    });
  });

  describe('to environments of a name', () => {
    let as: Headers;
    beforeAll(async () => ({ as } = await operator('admin', { environments: ['staging'] })));

    it('sees the applications that have one, with it alone', async () => {
      expect(keysOf(await get('/applications', as))).toEqual(['orders']);
      expect((await get('/applications/orders', as)).body).toMatchObject({
        environments: [{ name: 'staging' }],
      });
      expect(namesOf(await get('/applications/orders/environments', as))).toEqual(['staging']);
      expect(keysOf(await get('/applications/with-endpoints?environment=staging', as))).toEqual(['orders']);
      expect(keysOf(await get('/applications/with-endpoints?environment=production', as))).toEqual([]);
      for (const path of ['', '/environments', '/environments/staging']) {
        expect((await told(`/applications/payments${path}`, as)).status).toBe(404);
      }
    });

    it.each([
      ['get', ''],
      ['put', ''],
      ['delete', ''],
      ['get', '/openapi.json'],
      ['get', '/api-keys'],
      ['post', '/api-keys'],
    ] as const)('is answered by %s %s of another as if it did not exist', async (method, path) => {
      const answer = await told(`/applications/orders/environments/production${path}`, as, method);
      expect(answer).toMatchObject({ status: 404, type: expect.stringContaining('environment-not-found') });
      const absent = await told(`/applications/orders/environments/absent${path}`, as, method);
      expect(JSON.stringify(answer).replaceAll('production', 'X')).toBe(
        JSON.stringify(absent).replaceAll('absent', 'X'),
      );
    });

    it('sees the health of it alone, and probes it alone', async () => {
      const health = (await get('/health-check/applications/orders', as)).body as {
        environments: { name: string }[];
      };
      expect(health.environments.map(({ name }) => name)).toEqual(['staging']);
      for (const path of ['logs', 'history']) {
        const of = (id: string): string => `/health-check/applications/orders/${path}?environment_id=${id}`;
        expect((await get(of(stagingId), as)).status).toBe(200);
        expectProblem(await get(of(productionId), as), 404, 'environment-not-found');
      }
      await app.http
        .put('/applications/orders/environments/production')
        .set(AS_ADMIN)
        .send({ baseDomain: 'https://production.orders.example' })
        .expect(200);
      const checked = await app.http.post('/health-check/applications/orders/check').set(as).expect(200);
      expect(checked.body).toMatchObject({ checks: [] });
      expectProblem(await get('/health-check/applications/payments', as), 404, 'application-not-found');
    });

    it('discovers in it alone', async () => {
      expect((await get('/endpoints?app_key=orders&environment=staging', as)).status).toBe(200);
      expectProblem(await get('/endpoints?app_key=orders', as), 404, 'environment-not-found');
    });

    it('reads its part of the audit trail', async () => {
      const entries = await get('/audit-logs?limit=500', as);
      const environments = (entries.body as { environment: string }[]).map(({ environment }) => environment);
      expect(new Set(environments)).toEqual(new Set(['staging']));
    });

    it('changes nothing that concerns the whole application', async () => {
      expectProblem(
        await app.http.put('/applications/orders').set(as).send({ name: 'Mine' }),
        403,
        'outside-bindings',
      );
      expectProblem(await app.http.delete('/applications/orders').set(as), 403, 'outside-bindings');
      expectProblem(
        await app.http.post('/applications').set(as).send({ name: 'New', appKey: 'new' }),
        403,
        'outside-bindings',
      );
      expectProblem(
        await app.http.post('/applications/orders/environments').set(as).send({ name: 'canary' }),
        403,
        'outside-bindings',
      );
    });

    it('creates an application that has no others', async () => {
      const created = await app.http
        .post('/applications')
        .set(as)
        .send({ name: 'Sandbox', appKey: 'sandbox', environments: [{ name: 'staging' }] });
      expect(created.status).toBe(201);
      await app.http.delete('/applications/sandbox').set(AS_ADMIN).expect(204);
    });
  });

  it('to an application and an environment sees that, and an application without it', async () => {
    const { as } = await operator('editor', {
      applications: ['orders', 'payments'],
      environments: ['staging'],
    });
    expect(keysOf(await get('/applications', as))).toEqual(['orders', 'payments']);
    expect((await get('/applications/payments', as)).body).toMatchObject({ environments: [] });
    const created = await app.http
      .post('/applications/payments/environments')
      .set(as)
      .send({ name: 'staging' });
    expect(created.status).toBe(201);
    await app.http.delete('/applications/payments/environments/staging').set(AS_ADMIN).expect(204);
  });

  it('is bound otherwise at once, and no more by null', async () => {
    const { name, as } = await operator('viewer', { applications: ['orders'] });
    const bind = async (names: Names): Promise<void> => {
      await app.http.put(`/operators/${name}`).set(AS_ADMIN).send(names).expect(200);
    };
    expect(keysOf(await get('/applications', as))).toEqual(['orders']);
    await bind({ applications: ['payments', 'payments'] });
    expect(keysOf(await get('/applications', as))).toEqual(['payments']);
    const shown = await get(`/operators/${name}`, AS_ADMIN);
    expect(shown.body).toMatchObject({ applications: ['payments'], environments: null });
    await bind({ applications: null });
    expect(keysOf(await get('/applications', as))).toEqual(['orders', 'payments', 'empty']);
    const entries = await get(`/audit-logs?action=operator.updated&limit=2`, AS_ADMIN);
    expect(entries.body).toMatchObject([
      { before: { applications: ['payments'] }, after: { applications: null } },
      { before: { applications: ['orders'] }, after: { applications: ['payments'] } },
    ]);
  });

  it('changes nothing when the bindings change before the change', async () => {
    const { name, as } = await operator('editor', { applications: ['orders'] });
    const rows = await holdRows(
      app.database.url,
      `UPDATE "Operator" SET "applications" = '{payments}' WHERE "name" = '${name}'`,
    );
    const changing = app.http
      .put('/applications/orders')
      .set(as)
      .send({ description: 'late' })
      .then((answer) => answer);
    await eventually(async () => (await rows.waiting()) === 1);
    await rows.commit();
    expectProblem(await changing, 401, 'credentials-refused');
    expect((await get('/applications/orders', AS_ADMIN)).body).toMatchObject({ description: null });
  });

  it.each([
    [{ applications: [] }, '#/applications', 'must be a list of 1 to 100 strings of 1 to 100 characters'],
    [
      { environments: ['a'.repeat(101)] },
      '#/environments',
      'must be a list of 1 to 100 strings of 1 to 100 characters',
    ],
    [
      { environments: 'staging' },
      '#/environments',
      'must be a list of 1 to 100 strings of 1 to 100 characters',
    ],
  ])('cannot be bound to %j', async (names, pointer, detail) => {
    const answer = await app.http
      .post('/operators')
      .set(AS_ADMIN)
      .send({ name: 'bob', kind: 'person', role: 'viewer', ...names });
    expectProblem(answer, 400, 'invalid-input');
    expect(answer.body).toMatchObject({ errors: [{ pointer, detail }] });
  });
});
