import type { Response } from 'supertest';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { ChangeFeed } from '#libs/database/change-feed.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { SessionUses } from '#registry/sessions/session-uses.js';
import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;

const CONSOLE = { 'X-Registry-Console': '1', 'Sec-Fetch-Site': 'same-origin' };

let app: TestApp;
let clients = 0;

beforeAll(async () => {
  // Every sign-in comes from a network of its own, where the test does not say otherwise.
  app = await startApp({ TRUST_PROXY: 'true' });
  stopIntervals(app);
  await createApplication(app, { appKey: 'orders' });
});
afterAll(() => app.close());

const fromElsewhere = (): Headers => ({ 'X-Forwarded-For': `203.0.113.${(clients += 1) % 250}` });

function signIn(body: object, headers: Headers = {}, at = app): Promise<Response> {
  return Promise.resolve(
    at.http
      .post('/session')
      .set({ ...CONSOLE, ...fromElsewhere(), ...headers })
      .send(body),
  );
}

/** The headers of a page that has signed in. */
function within(response: Response): Headers {
  expect(response.status).toBe(201);
  const [cookie = ''] = response.headers['set-cookie'] as unknown as string[];
  return { ...CONSOLE, Cookie: cookie.split(';')[0] ?? '' };
}

const get = (path: string, headers: Headers, at = app): Promise<Response> =>
  Promise.resolve(at.http.get(path).set(headers));

async function operator(role: string): Promise<{ name: string; key: string; keyId: string }> {
  const name = `${role}-${(clients += 1)}`;
  await app.http.post('/operators').set(AS_ADMIN).send({ name, kind: 'person', role }).expect(201);
  const issued = await app.http.post(`/operators/${name}/keys`).set(AS_ADMIN).send({ name }).expect(201);
  const { id, key } = issued.body as { id: string; key: string };
  return { name, key, keyId: id };
}

async function trail(query: string): Promise<Record<string, unknown>[]> {
  await app.nest.get<RefusalLog>(RefusalRecorder).flush();
  return (await get(`/audit-logs?${query}`, AS_ADMIN)).body as Record<string, unknown>[];
}

describe('signing in', () => {
  it('with the key of an operator starts a session under their name', async () => {
    const { name, key } = await operator('editor');
    const response = await signIn({ key }, { 'User-Agent': 'Browser/1.0' });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      operator: name,
      role: 'editor',
      applications: null,
      environments: null,
      expiresAt: expect.stringMatching(/Z$/),
    });
    const expiresAt = new Date((response.body as { expiresAt: string }).expiresAt).getTime();
    expect(Math.round((expiresAt - Date.now()) / 60_000)).toBe(720);
    expect(response.headers['cache-control']).toBe('no-store');
    const session = within(response);
    expect((await get('/session', session)).body).toEqual(response.body);
    expect((await get('/applications', session)).status).toBe(200);
    expect(await trail(`operator=${name}&limit=1`)).toMatchObject([
      {
        action: 'session.started',
        actor: 'admin',
        operatorName: name,
        via: 'console',
        sessionId: expect.any(String),
        resourceType: 'session',
      },
    ]);
  });

  it('with REGISTRY_ADMIN_KEY, too', async () => {
    const session = within(await signIn({ key: ADMIN_KEY }));
    expect((await get('/session', session)).body).toMatchObject({
      operator: 'REGISTRY_ADMIN_KEY',
      role: 'admin',
    });
    expect((await get('/operators', session)).status).toBe(200);
  });

  it('gives a cookie that scripts cannot read, and other sites cannot have sent', async () => {
    const plain = await signIn({ key: ADMIN_KEY });
    expect(plain.headers['set-cookie']).toEqual([
      expect.stringMatching(/^mcp-registry=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    const secure = await signIn({ key: ADMIN_KEY }, { 'X-Forwarded-Proto': 'https' });
    expect(secure.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-mcp-registry=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
    ]);
    const overTls = { ...within(secure), 'X-Forwarded-Proto': 'https' };
    expect((await get('/applications', overTls)).status).toBe(200);
    // Over plain HTTP it is another cookie that counts.
    expect((await get('/applications', within(secure))).status).toBe(401);
  });

  it('stores neither token nor key', async () => {
    const { key } = await operator('viewer');
    const { Cookie: cookie = '' } = within(await signIn({ key }));
    const rows = await app.database.query(`SELECT * FROM "OperatorSession"`);
    const stored = JSON.stringify(rows);
    expect(rows.length).toBeGreaterThan(0);
    expect(stored).not.toContain(cookie.split('=')[1]);
    expect(stored).not.toContain(key);
  });

  it.each([
    [{}, '#'],
    [{ key: 'a', code: 'b' }, '#'],
    [{ key: '' }, '#/key'],
    [{ code: 5 }, '#/code'],
  ])('is refused with %j', async (body, pointer) => {
    expectInvalid(await signIn(body), pointer);
  });

  it.each([
    ['a wrong key', 'wrong', 'unknown-operator-key'],
    ['an unknown key of the form', `mcpop_${'0'.repeat(16)}_${'a'.repeat(43)}`, 'unknown-operator-key'],
  ])('is refused with %s, and recorded', async (_, key, reason) => {
    const from = `203.0.113.${251 + (key.length % 3)}`;
    const response = await signIn({ key }, { 'X-Forwarded-For': from });
    expectProblem(response, 401, 'credentials-refused');
    expect(response.headers['set-cookie']).toBeUndefined();
    const entries = await trail(`reason=${reason}`);
    expect(entries).toContainEqual(
      expect.objectContaining({ ipAddress: from, resourceId: 'POST /session', actor: 'anonymous' }),
    );
  });

  it('is refused with a key that is no longer accepted', async () => {
    const { name, key, keyId } = await operator('viewer');
    await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: false }).expect(200);
    expectProblem(await signIn({ key }), 401, 'credentials-refused');
    await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: true }).expect(200);
    await app.http.delete(`/operators/${name}/keys/${keyId}`).set(AS_ADMIN).expect(204);
    expectProblem(await signIn({ key }), 401, 'credentials-refused');
  });

  it('is possible ten times a minute from a network', async () => {
    const from = { 'X-Forwarded-For': '192.0.2.77' };
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expectProblem(await signIn({ key: 'guess' }, from), 401, 'credentials-refused');
    }
    const refused = await signIn({ key: ADMIN_KEY }, from);
    expectProblem(refused, 429, 'too-many-sign-ins');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    within(await signIn({ key: ADMIN_KEY }));
  });

  it('reads no more of a body than a key takes', async () => {
    expectProblem(await signIn({ key: 'a'.repeat(9000) }), 413, 'body-too-large');
  });

  it.each([
    ['without the header of the console', { 'X-Registry-Console': '' }],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from another host of the site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('is refused %s', async (_, headers) => {
    expectProblem(await signIn({ key: ADMIN_KEY }, headers), 403, 'not-from-own-page');
  });
});

describe('a session', () => {
  let session: Headers;
  let name: string;

  beforeEach(async () => {
    const made = await operator('editor');
    ({ name } = made);
    session = within(await signIn({ key: made.key }));
  });

  const change = (headers: Headers): Promise<Response> =>
    Promise.resolve(app.http.put('/applications/orders').set(headers).send({ description: name }));

  it('changes things in the name of the operator, by the console', async () => {
    expect((await change(session)).status).toBe(200);
    const [entry] = await trail(`operator=${name}&limit=1`);
    expect(entry).toMatchObject({
      action: 'application.updated',
      actor: 'admin',
      operatorName: name,
      via: 'console',
    });
    const started = await trail(`operator=${name}&action=session.started`);
    expect(started).toMatchObject([{ sessionId: entry?.sessionId, resourceId: entry?.sessionId }]);
  });

  it('has the role of the operator', async () => {
    expectProblem(await app.http.delete('/applications/orders').set(session), 403, 'role-required');
    await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ role: 'viewer' }).expect(200);
    expectProblem(await change(session), 403, 'role-required');
  });

  it.each([
    ['has no header of the console', { 'X-Registry-Console': undefined }, 401],
    ['has another value of it', { 'X-Registry-Console': 'true' }, 401],
    ['comes from another site', { 'Sec-Fetch-Site': 'cross-site' }, 401],
    ['comes from another host of the site', { 'Sec-Fetch-Site': 'same-site' }, 401],
    ['comes from no page', { 'Sec-Fetch-Site': 'none' }, 401],
    ['says no site, nor origin', { 'Sec-Fetch-Site': undefined }, 401],
    [
      'says no site, and another origin',
      { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' },
      401,
    ],
    ['says no site, and this origin', { 'Sec-Fetch-Site': undefined, Origin: 'this' }, 200],
  ])('counts for a change that %s: %#', async (_, given, status) => {
    const headers = Object.fromEntries(
      Object.entries({ ...session, ...given }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    if (headers.Origin === 'this') headers.Origin = new URL(app.url).origin;
    expect((await change(headers)).status).toBe(status);
  });

  it('counts for a read that says neither site nor origin', async () => {
    const { 'Sec-Fetch-Site': _, ...headers } = session as Record<string, string>;
    expect((await get('/applications', headers)).status).toBe(200);
  });

  it('does not count beside another cookie of the name', async () => {
    const { Cookie: cookie = '' } = session;
    expect((await get('/applications', { ...session, Cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
    expect((await get('/applications', { ...session, Cookie: `${cookie}; ${cookie}` })).status).toBe(401);
    expect((await get('/applications', { ...session, Cookie: `${cookie}x` })).status).toBe(401);
    expect((await get('/applications', { ...session, Cookie: 'mcp-registry=' })).status).toBe(401);
  });

  it('gives way to every key in a header, right or wrong', async () => {
    expectProblem(
      await get('/applications', { ...session, 'X-Admin-Key': 'wrong' }),
      401,
      'credentials-refused',
    );
    const { apiKey } = await issueKey(app, 'orders');
    await app.http
      .put('/applications/orders')
      .set({ ...session, ...asApplication('orders', apiKey) })
      .send({ description: 'by the application' })
      .expect(200);
    expect(await trail('app_key=orders&action=application.updated&limit=1')).toMatchObject([
      { actor: 'application', sessionId: null, via: 'api' },
    ]);
  });

  it('ends by signing out, and the browser forgets what it had', async () => {
    const response = await app.http.delete('/session').set(session).expect(204);
    expect(response.headers['clear-site-data']).toBe('"cache", "storage"');
    expect(response.headers['set-cookie']).toEqual([
      'mcp-registry=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    ]);
    expectProblem(await get('/session', session), 401, 'credentials-refused');
    expect(await trail(`operator=${name}&limit=1`)).toMatchObject([
      { action: 'session.ended', via: 'console' },
    ]);
  });

  it('ends when an admin ends it, who sees where it was used', async () => {
    const listed = await get(`/operators/${name}/sessions`, AS_ADMIN);
    expect(listed.body).toEqual([
      {
        id: expect.any(String),
        ipAddress: expect.stringMatching(/^203\.0\.113\./),
        userAgent: null,
        createdAt: expect.any(String),
        lastSeenAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    const [{ id } = { id: '' }] = listed.body as { id: string }[];
    expectProblem(
      await app.http.delete(`/operators/${name}/sessions/none`).set(AS_ADMIN),
      404,
      'session-not-found',
    );
    await app.http.delete(`/operators/${name}/sessions/${id}`).set(AS_ADMIN).expect(204);
    expect((await get('/session', session)).status).toBe(401);
    expect(await trail('action=session.revoked&limit=1')).toMatchObject([
      { resourceId: id, before: { operator: name }, operatorName: 'REGISTRY_ADMIN_KEY' },
    ]);
  });

  it.each([
    ['is unused for an hour', `"lastSeenAt" = now() - interval '61 minutes'`],
    ['is twelve hours old', `"expiresAt" = now()`],
  ])('ends when it %s', async (_, change_) => {
    await app.database.query(
      `UPDATE "OperatorSession" s SET ${change_} FROM "OperatorKey" k JOIN "Operator" o ON o."id" = k."operatorId"
       WHERE k."id" = s."operatorKeyId" AND o."name" = $1`,
      [name],
    );
    // As a process that has not seen it does.
    const replica = await startApp({ TRUST_PROXY: 'true' }, app.database);
    try {
      expect((await get('/session', session, replica)).status).toBe(401);
      // The next sign-in clears it away.
      within(await signIn({ key: ADMIN_KEY }, {}, replica));
      expect((await get(`/operators/${name}/sessions`, AS_ADMIN)).body).toEqual([]);
    } finally {
      await replica.nest.close();
    }
  });

  it('goes on while it is used, as every process sees', async () => {
    const seen = `SELECT max(s."lastSeenAt") AS "at" FROM "OperatorSession" s
      JOIN "OperatorKey" k ON k."id" = s."operatorKeyId" JOIN "Operator" o ON o."id" = k."operatorId" WHERE o."name" = $1`;
    await app.database.query(
      `UPDATE "OperatorSession" s SET "lastSeenAt" = now() - interval '50 minutes' FROM "OperatorKey" k
       JOIN "Operator" o ON o."id" = k."operatorId" WHERE k."id" = s."operatorKeyId" AND o."name" = $1`,
      [name],
    );
    const replica = await startApp({ TRUST_PROXY: 'true' }, app.database);
    try {
      expect((await get('/session', session, replica)).status).toBe(200);
      await replica.nest.get(SessionUses).flush();
      const [row] = await app.database.query(seen, [name]);
      expect(Date.now() - new Date((row as { at: Date }).at).getTime()).toBeLessThan(30 * 60_000);
    } finally {
      await replica.nest.close();
    }
  });
});

describe('the end of a credential is the end of its sessions', () => {
  let replica: TestApp;
  let line: SeverableLine;

  beforeAll(async () => {
    line = await severableLine(app.database.url);
    replica = await startApp({ TRUST_PROXY: 'true', DATABASE_DIRECT_URL: line.url }, app.database);
    stopIntervals(replica);
  });
  afterAll(async () => {
    await replica.nest.close();
    await line.close();
  });

  it.each([
    [
      'the key is revoked',
      async (made: { name: string; keyId: string }) =>
        app.http.delete(`/operators/${made.name}/keys/${made.keyId}`).set(AS_ADMIN).expect(204),
    ],
    [
      'the operator is inactive',
      async (made: { name: string }) =>
        app.http.put(`/operators/${made.name}`).set(AS_ADMIN).send({ isActive: false }).expect(200),
    ],
    [
      'the operator is deleted',
      async (made: { name: string }) => app.http.delete(`/operators/${made.name}`).set(AS_ADMIN).expect(204),
    ],
  ])('when %s, on every replica', async (_, end) => {
    await eventually(() => replica.nest.get(ChangeFeed).isCurrent);
    const made = await operator('viewer');
    const session = within(await signIn({ key: made.key }));
    expect((await get('/applications', session, replica)).status).toBe(200);
    await end(made);
    expect((await get('/applications', session)).status).toBe(401);
    await eventually(async () => (await get('/applications', session, replica)).status === 401, {
      within: 1000,
    });
  });

  it('also on a replica that is told of nothing', async () => {
    await eventually(() => replica.nest.get(ChangeFeed).isCurrent);
    const { key, name } = await operator('viewer');
    const session = within(await signIn({ key }));
    expect((await get('/applications', session, replica)).status).toBe(200);
    await line.cut();
    await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: false }).expect(200);
    await eventually(async () => (await get('/applications', session, replica)).status === 401, {
      within: 1500,
    });
  });

  it('when the value of REGISTRY_ADMIN_KEY is replaced', async () => {
    const session = within(await signIn({ key: ADMIN_KEY }));
    const next = 'the-next-admin-key-that-is-long-enough';
    const both = await startApp({ REGISTRY_ADMIN_KEY: `${next},${ADMIN_KEY}` }, app.database);
    const other = await startApp({ REGISTRY_ADMIN_KEY: next }, app.database);
    try {
      expect((await get('/applications', session, both)).status).toBe(200);
      expect((await get('/applications', session, other)).status).toBe(401);
    } finally {
      await both.nest.close();
      await other.nest.close();
    }
  });

  it('in the middle of a change', async () => {
    const { key } = await operator('editor');
    const session = within(await signIn({ key }));
    const [{ id } = { id: '' }] = await app.database.query<{ id: string }>(
      `SELECT "id" FROM "OperatorSession" ORDER BY "createdAt" DESC, "id" DESC LIMIT 1`,
    );
    const rows = await holdRows(app.database.url, `DELETE FROM "OperatorSession" WHERE "id" = '${id}'`);
    const changing = app.http
      .put('/applications/orders')
      .set(session)
      .send({ description: 'too late' })
      .then((answer) => answer);
    await eventually(async () => (await rows.waiting()) === 1);
    await rows.commit();
    expectProblem(await changing, 401, 'credentials-refused');
    const left = await get('/applications/orders', AS_ADMIN);
    expect((left.body as { description: string }).description).not.toBe('too late');
  });
});

describe('a sign-in code', () => {
  const issue = (headers: Headers): Promise<Response> =>
    Promise.resolve(app.http.post('/session/codes').set(headers));

  it('starts one session with the key it was given for', async () => {
    const { name, key } = await operator('agent');
    const issued = await issue({ 'X-Admin-Key': key });
    expect(issued.status).toBe(201);
    const { code } = issued.body as { code: string };
    expect(issued.body).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: expect.any(String),
    });
    expect(JSON.stringify(await app.database.query(`SELECT * FROM "OperatorSignInCode"`))).not.toContain(
      code,
    );
    const session = within(await signIn({ code }));
    expect((await get('/session', session)).body).toMatchObject({ operator: name, role: 'agent' });
    expectProblem(await signIn({ code }), 401, 'credentials-refused');
  });

  it('stands for REGISTRY_ADMIN_KEY, too', async () => {
    const { code } = (await issue(AS_ADMIN)).body as { code: string };
    const session = within(await signIn({ code }));
    expect((await get('/session', session)).body).toMatchObject({ operator: 'REGISTRY_ADMIN_KEY' });
  });

  it('is not valid after a minute, nor when its key has ended', async () => {
    const late = (await issue(AS_ADMIN)).body as { code: string };
    await app.database.query(`UPDATE "OperatorSignInCode" SET "expiresAt" = now()`);
    expectProblem(await signIn({ code: late.code }), 401, 'credentials-refused');
    const { name, key } = await operator('viewer');
    const { code } = (await issue({ 'X-Admin-Key': key })).body as { code: string };
    await app.http.put(`/operators/${name}`).set(AS_ADMIN).send({ isActive: false }).expect(200);
    expectProblem(await signIn({ code }), 401, 'credentials-refused');
  });

  it('is given for a key, not for a session', async () => {
    const session = within(await signIn({ key: ADMIN_KEY }));
    expectProblem(await issue(session), 403, 'key-required');
    expectProblem(await issue({}), 401, 'credentials-refused');
  });
});

describe('in production', () => {
  it('needs HTTPS, unless it is allowed without', async () => {
    const secrets = {
      SECRET_KEY: 'a-secret-of-the-session-tests-0123',
      REGISTRY_ADMIN_KEY: 'an-admin-key-of-the-session-tests-4567',
    };
    for (const [settings, status] of [
      [{}, 403],
      [{ CONSOLE_ALLOW_HTTP: 'true' }, 201],
    ] as const) {
      const production = await startApp({ NODE_ENV: 'production', ...secrets, ...settings });
      try {
        const beyond = { Host: 'registry.example.com' };
        const response = await signIn({ key: secrets.REGISTRY_ADMIN_KEY }, beyond, production);
        expect(response.status).toBe(status);
        // What a browser sends to its own machine crosses no network.
        expect((await signIn({ key: secrets.REGISTRY_ADMIN_KEY }, {}, production)).status).toBe(201);
        if (status === 403) {
          expectProblem(response, 403, 'https-required');
          expect(response.body).toMatchObject({ detail: expect.stringContaining('TRUST_PROXY') });
        }
      } finally {
        await production.close();
      }
    }
  });
});
