import type { Response } from 'supertest';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import type { OperatorRole } from '#libs/domain/operator.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

interface IssuedKey {
  readonly id: string;
  readonly key: string;
  readonly expiresAt: string | null;
}

const asOperator = (key: string): Record<string, string> => ({ 'X-Admin-Key': key });
const asBearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` });

describe('operators', () => {
  let app: TestApp;
  let made = 0;

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true' });
    stopIntervals(app);
    await createApplication(app, { appKey: 'orders' });
  });
  afterAll(() => app.close());

  async function create(role: OperatorRole, kind = 'person'): Promise<string> {
    const name = `${role}-${++made}`;
    await app.http.post('/operators').set(AS_ADMIN).send({ name, kind, role }).expect(201);
    return name;
  }

  async function issue(name: string, more: object = {}): Promise<IssuedKey> {
    const response = await app.http
      .post(`/operators/${name}/keys`)
      .set(AS_ADMIN)
      .send({ name: 'laptop', ...more })
      .expect(201);
    return response.body as IssuedKey;
  }

  async function withKey(
    role: OperatorRole,
    kind?: string,
  ): Promise<{ name: string; key: string; id: string }> {
    const name = await create(role, kind);
    return { ...(await issue(name)), name };
  }

  const list = (headers: Record<string, string>): Promise<Response> =>
    Promise.resolve(app.http.get('/applications').set(headers));

  async function trail(query: Record<string, string>): Promise<Record<string, unknown>[]> {
    await app.nest.get<RefusalLog>(RefusalRecorder).flush();
    const response = await app.http.get('/audit-logs').query(query).set(AS_ADMIN).expect(200);
    return response.body as Record<string, unknown>[];
  }

  describe('have roles', () => {
    it('and are told which one is missing', async () => {
      const { name, key } = await withKey('viewer');
      const answer = await app.http.delete('/applications/orders').set(asOperator(key));
      expectProblem(answer, 403, 'role-required');
      expect(answer.body).toMatchObject({
        detail: `This needs the role admin; the operator '${name}' has the role viewer.`,
      });
      expect(await trail({ operator: name, action: 'credentials.refused' })).toMatchObject([
        { reason: 'insufficient-role', operatorName: name, resourceId: 'DELETE /applications/:app_key' },
      ]);
    });

    it('which do not make them an application', async () => {
      const answer = await app.http
        .post('/register/endpoints')
        .set(asOperator((await withKey('admin')).key))
        .send({});
      expectProblem(answer, 401, 'credentials-refused');
      const { apiKey } = await issueKey(app, 'orders');
      const both = await app.http
        .post('/register/endpoints')
        .set({ ...asApplication('orders', apiKey), ...asBearer(`${(await withKey('agent')).key}x`) })
        .send({ app_key: 'orders', endpoints: [] });
      expect(both.status).toBe(401);
    });
  });

  describe('have keys', () => {
    it('that are shown once, expire for persons, and are told by their prefix', async () => {
      const name = await create('editor');
      const issued = await issue(name);
      expect(issued).toEqual({
        id: expect.any(String),
        key: expect.stringMatching(/^mcpop_[0-9a-f]{16}_[\w-]{43}$/),
        name: 'laptop',
        prefix: issued.key.slice(0, 22),
        expiresAt: expect.any(String),
        lastUsedAt: null,
        revokedAt: null,
        createdBy: 'REGISTRY_ADMIN_KEY',
        createdAt: expect.any(String),
      });
      const days = (Date.parse(issued.expiresAt ?? '') - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(90);
      expect((await issue(await create('editor', 'service'))).expiresAt).toBeNull();
      const { body } = (await app.http.get(`/operators/${name}`).set(AS_ADMIN).expect(200)) as {
        body: { keys: object[] };
      };
      expect(body.keys).toHaveLength(1);
      expect(JSON.stringify(body)).not.toContain(issued.key.slice(23));
      const rows = await app.database.query(`SELECT k::text FROM "OperatorKey" k`);
      expect(JSON.stringify(rows)).not.toContain(issued.key.slice(23));
    });

    it('that are taken in X-Admin-Key and as bearer tokens, and nowhere else', async () => {
      const { key } = await withKey('viewer');
      const { apiKey } = await issueKey(app, 'orders');
      const statuses = [
        asOperator(key),
        asBearer(key),
        { 'X-API-Key': key },
        { Authorization: `Basic ${key}` },
        { ...asBearer(key), 'X-Admin-Key': 'wrong' },
        asBearer(apiKey),
      ].map(async (headers) => (await list(headers)).status);
      expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401, 401, 401]);
    });

    const made = `mcpop_${'0'.repeat(16)}_${'A'.repeat(43)}`;
    it.each<[string, (name: string, issued: IssuedKey) => Promise<string>, string]>([
      ['that was never issued', () => Promise.resolve(made), 'unknown-operator-key'],
      [
        'with a wrong secret',
        (_, { key }) => Promise.resolve(`${key.slice(0, -43)}${'A'.repeat(43)}`),
        'wrong-operator-key',
      ],
      [
        'that is revoked',
        async (name, { id, key }) => {
          await app.http.delete(`/operators/${name}/keys/${id}`).set(AS_ADMIN).expect(204);
          return key;
        },
        'revoked-operator-key',
      ],
      [
        'that is expired',
        async (_, { id, key }) => {
          await app.database.query(`UPDATE "OperatorKey" SET "expiresAt" = now() WHERE "id" = $1`, [id]);
          return key;
        },
        'expired-operator-key',
      ],
      [
        'of an inactive operator',
        async (name, { key }) => {
          await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: false }).expect(200);
          return key;
        },
        'inactive-operator',
      ],
      [
        'of a deleted operator',
        async (name, { key }) => {
          await app.http.delete(`/operators/${name}`).set(AS_ADMIN).expect(204);
          return key;
        },
        'unknown-operator-key',
      ],
    ])('of which one %s opens nothing', async (_, spoil, reason) => {
      const name = await create('admin');
      const issued = await issue(name);
      expect((await list(asOperator(issued.key))).status).toBe(200);
      const key = await spoil(name, issued);
      await eventually(async () => (await list(asOperator(key))).status === 401, { within: 2000 });
      expectProblem(await list(asBearer(key)), 401, 'credentials-refused');
      expect(await trail({ action: 'credentials.refused' })).toContainEqual(
        expect.objectContaining({ reason, actor: 'anonymous' }),
      );
    });

    it('that are rotated with a grace period', async () => {
      const { name, id, key } = await withKey('viewer');
      const rotate = (more: object): Promise<Response> =>
        Promise.resolve(app.http.post(`/operators/${name}/keys/${id}/rotate`).set(AS_ADMIN).send(more));
      const rotated = await rotate({ gracePeriodSeconds: 3600 });
      expect(rotated.status).toBe(201);
      const { key: next } = rotated.body as IssuedKey;
      expect([(await list(asOperator(key))).status, (await list(asOperator(next))).status]).toEqual([
        200, 200,
      ]);
      expect((await rotate({})).status).toBe(201);
      expect((await list(asOperator(key))).status).toBe(401);
      expectProblem(await rotate({}), 409, 'operator-key-not-usable');
    });

    it('whose use is written down', async () => {
      const { name, key } = await withKey('viewer');
      await list(asOperator(key));
      const { OperatorKeyUses } = await import('#registry/operators/operator-key-uses.js');
      await app.nest.get(OperatorKeyUses, { strict: false }).flush();
      const operator = await app.http.get(`/operators/${name}`).set(AS_ADMIN);
      expect(operator.body).toMatchObject({ keys: [{ lastUsedAt: expect.any(String) }] });
    });
  });

  it('are unique by name, and told what is wrong with a request', async () => {
    const name = await create('agent', 'agent');
    const post = (body: object): Promise<Response> =>
      Promise.resolve(app.http.post('/operators').set(AS_ADMIN).send(body));
    expectProblem(await post({ name, kind: 'person', role: 'viewer' }), 409, 'operator-name-taken');
    const invalid = await post({ name: '-', kind: 'human', role: 'owner' });
    expectProblem(invalid, 400, 'invalid-input');
    expect((invalid.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '#/name',
      '#/kind',
      '#/role',
    ]);
    for (const path of ['/operators/absent', '/operators/absent/keys/x']) {
      expect((await app.http.delete(path).set(AS_ADMIN)).status).toBe(404);
    }
    const listed = await app.http.get('/operators?limit=1').set(AS_ADMIN).expect(200);
    expect(listed.body).toHaveLength(1);
    expect(listed.headers.link).toContain('rel="next"');
  });

  it('are named in the audit trail, by which way they came', async () => {
    const { name, key } = await withKey('editor');
    await app.http
      .put('/applications/orders')
      .set(asOperator(key))
      .set('User-Agent', 'mcp-registry-cli/1.0.0')
      .send({ description: name })
      .expect(200);
    await app.http.put('/applications/orders').set(asBearer(key)).send({ description: null }).expect(200);
    const entries = await trail({ operator: name, app_key: 'orders' });
    const operator = await app.http.get(`/operators/${name}`).set(AS_ADMIN);
    const { id } = operator.body as { id: string };
    const entry = { actor: 'admin', operatorId: id, operatorName: name, action: 'application.updated' };
    expect(entries).toMatchObject([
      { ...entry, via: 'api' },
      { ...entry, via: 'cli' },
    ]);
    expect(await trail({ operator: id })).toMatchObject(entries);
    // What they did stays when they are gone.
    await app.http.delete(`/operators/${name}`).set(AS_ADMIN).expect(204);
    expect(await trail({ operator: name })).toMatchObject(entries);
    expect(
      await trail({ operator: 'REGISTRY_ADMIN_KEY', action: 'operator.deleted', limit: '1' }),
    ).toMatchObject([
      { operatorId: null, resourceType: 'operator', resourceId: id, appKey: null, before: { name } },
    ]);
  });

  describe('lose their authority', () => {
    let replica: TestApp;
    let line: SeverableLine;

    beforeAll(async () => {
      line = await severableLine(app.database.url);
      replica = await startApp({ DATABASE_DIRECT_URL: line.url }, app.database);
      stopIntervals(replica);
    });
    afterAll(async () => {
      await replica.nest.close();
      await line.close();
    });

    const status = async (key: string): Promise<number> =>
      (await replica.http.get('/applications').set(asOperator(key))).status;

    it('on every replica, also one that is told of nothing', async () => {
      await eventually(() => replica.nest.get(ChangeFeed).isCurrent);
      const [told, untold] = [await withKey('viewer'), await withKey('viewer')];
      expect([await status(told.key), await status(untold.key)]).toEqual([200, 200]);
      await app.http.put(`/operators/${told.name}`).set(AS_ADMIN).send({ isActive: false }).expect(200);
      await eventually(async () => (await status(told.key)) === 401, { within: 1000 });
      await line.cut();
      await app.http.delete(`/operators/${untold.name}`).set(AS_ADMIN).expect(204);
      await eventually(async () => (await status(untold.key)) === 401, { within: 1500 });
    });

    it('in the middle of a change', async () => {
      const { name, key } = await withKey('editor');
      const rows = await holdRows(
        app.database.url,
        `SELECT FROM "Operator" WHERE "name" = '${name}' FOR UPDATE`,
      );
      const change = app.http
        .put('/applications/orders')
        .set(asOperator(key))
        .send({ description: 'overtaken' })
        .then((answer) => answer);
      await eventually(async () => (await rows.waiting()) === 1);
      const lowered = app.http
        .put(`/operators/${name}`)
        .set(AS_ADMIN)
        .send({ role: 'viewer' })
        .then((answer) => answer);
      await eventually(async () => (await rows.waiting()) === 2);
      await rows.release();
      // Whichever comes first: the change is whole with the role of that moment, or refused.
      const answers = [(await change).status, (await lowered).status];
      expect([
        [200, 200],
        [401, 200],
      ]).toContainEqual(answers);
      expect((await app.http.put('/applications/orders').set(asOperator(key)).send({})).status).toBe(403);
    });
  });
});
