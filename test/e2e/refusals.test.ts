import { once } from 'node:events';
import { connect } from 'node:net';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import type { RefusalLog } from '#registry/audit/refusal-log.js';
import { asApplication, createApplication, endpoint, type IssuedKey, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { everyTable } from '../support/table-text.js';
import {
  expiredKey,
  keyOfInactiveApplication,
  keyOfInactiveEnvironment,
  revokedKey,
} from '../support/unusable-keys.js';

interface RefusalEntry {
  readonly actor: string;
  readonly appKey: string | null;
  readonly apiKeyId: string | null;
  readonly environment: string | null;
  readonly reason: string;
  readonly occurrences: number;
  readonly ipAddress: string | null;
  readonly requestId: string;
}

const { SECRET_KEY } = GIVEN_SECRETS;
const UNKNOWN_KEY = `mcp_${'0'.repeat(16)}_${'A'.repeat(43)}`;

const flush = (app: TestApp): Promise<void> => app.nest.get<RefusalLog>(RefusalRecorder).flush();

/** The trail's entries of refusals, oldest first, as the operator reads them. */
async function refusals(app: TestApp): Promise<RefusalEntry[]> {
  const response = await app.http
    .get('/audit-logs?action=credentials.refused&limit=500')
    .set(AS_ADMIN)
    .expect(200);
  return (response.body as RefusalEntry[]).reverse();
}

const occurrencesOf = (entries: readonly RefusalEntry[]): number =>
  entries.reduce((sum, { occurrences }) => sum + occurrences, 0);

describe('refused credentials', () => {
  let app: TestApp;
  let key: IssuedKey;
  let seen = 0;

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: 'true', TRUST_PROXY: 'true' });
    // When refusals are written is for the tests to say.
    stopIntervals(app);
    await createApplication(app, {
      appKey: 'orders',
      environments: [{ name: 'production' }, { name: 'staging' }],
    });
    await createApplication(app, { appKey: 'dormant' });
    await createApplication(app, { appKey: 'asleep' });
    key = await issueKey(app, 'orders');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await flush(app);
    seen = (await refusals(app)).length;
  });

  /** What the trail has gained since the last test. */
  async function newRefusals(): Promise<RefusalEntry[]> {
    await flush(app);
    return (await refusals(app)).slice(seen);
  }

  function refused(headers: Record<string, string>, address = '192.0.2.1', status = 401) {
    return app.http
      .put('/applications/orders')
      .set({ 'X-Forwarded-For': address, ...headers })
      .send({})
      .expect(status);
  }

  it('are told with everything that is known, the path as a template', async () => {
    await refused(
      {
        ...asApplication('orders', key.apiKey, 'staging'),
        'User-Agent': 'refused/1.0',
        'X-Request-Id': 'refusal-1',
      },
      '192.0.2.1',
      403,
    );
    expect(await newRefusals()).toEqual([
      {
        id: expect.any(String),
        createdAt: expect.stringMatching(/Z$/),
        action: 'credentials.refused',
        actor: 'anonymous',
        apiKeyId: key.id,
        operatorId: null,
        operatorName: null,
        via: 'api',
        sessionId: null,
        appKey: 'orders',
        applicationId: null,
        environment: 'staging',
        environmentId: null,
        resourceType: 'route',
        resourceId: 'PUT /applications/:app_key',
        before: null,
        after: null,
        reason: 'wrong-environment',
        occurrences: 1,
        ipAddress: '192.0.2.1',
        userAgent: 'refused/1.0',
        requestId: 'refusal-1',
      },
    ]);
  });

  it('are told with their reason', async () => {
    const revoked = await revokedKey(app, 'orders');
    const expired = await expiredKey(app, 'orders');
    const dormant = await keyOfInactiveApplication(app, 'dormant');
    const asleep = await keyOfInactiveEnvironment(app, 'asleep');
    const wrongSecret = `${key.apiKey.slice(0, -43)}${'A'.repeat(43)}`;
    const expected = [
      ['missing-credentials', {}, null, null],
      ['wrong-admin-key', { 'X-Admin-Key': 'guess' }, null, null],
      ['unknown-api-key', asApplication('orders', UNKNOWN_KEY), 'orders', null],
      ['wrong-api-key', asApplication('orders', wrongSecret), 'orders', key.id],
      ['wrong-application', asApplication('dormant', key.apiKey), 'dormant', key.id],
      ['wrong-environment', asApplication('orders', key.apiKey, 'staging'), 'orders', key.id],
      ['revoked-api-key', asApplication('orders', revoked.apiKey), 'orders', revoked.id],
      ['expired-api-key', asApplication('orders', expired.apiKey), 'orders', expired.id],
      ['inactive-application', asApplication('dormant', dormant.apiKey), 'dormant', dormant.id],
      ['inactive-environment', asApplication('asleep', asleep.apiKey), 'asleep', asleep.id],
    ] as const;
    for (const [reason, headers] of expected) {
      await refused(headers, '192.0.2.1', reason === 'wrong-environment' ? 403 : 401);
    }
    const entries = await newRefusals();
    expect(
      entries
        .map(({ reason, appKey, apiKeyId, occurrences }) => ({ reason, appKey, apiKeyId, occurrences }))
        .sort((one, other) => one.reason.localeCompare(other.reason)),
    ).toEqual(
      expected
        .map(([reason, , appKey, apiKeyId]) => ({ reason, appKey, apiKeyId, occurrences: 1 }))
        .sort((one, other) => one.reason.localeCompare(other.reason)),
    );
  });

  it('by the environment of a batch are told too', async () => {
    await app.http
      .post('/register/endpoints')
      .set(asApplication('orders', key.apiKey))
      .send({
        app_key: 'orders',
        environment: 'staging',
        endpoints: [{ name: 'A', path: '/a', method: 'GET' }],
      })
      .expect(403);
    expect(await newRefusals()).toEqual([
      expect.objectContaining({
        reason: 'wrong-environment',
        environment: 'staging',
        apiKeyId: key.id,
        resourceId: 'POST /register/endpoints',
      }),
    ]);
  });

  it('that are equal are one entry with their number', async () => {
    for (const number of [1, 2, 3]) {
      await refused({ ...asApplication('orders', UNKNOWN_KEY), 'X-Request-Id': `equal-${number}` });
    }
    await refused({ ...asApplication('orders', UNKNOWN_KEY) }, '192.0.2.2');
    await refused({ 'X-Admin-Key': 'guess' });
    const entries = await newRefusals();
    expect(entries).toHaveLength(3);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ reason: 'unknown-api-key', occurrences: 3, requestId: 'equal-1' }),
        expect.objectContaining({ reason: 'unknown-api-key', occurrences: 1, ipAddress: '192.0.2.2' }),
        expect.objectContaining({ reason: 'wrong-admin-key', occurrences: 1 }),
      ]),
    );
  });

  it.each([
    ['a key that was never issued', '192.0.2.11', (): string => UNKNOWN_KEY],
    [
      'a known selector with a wrong secret',
      '192.0.2.12',
      (): string => `${key.apiKey.slice(0, -43)}${'A'.repeat(43)}`,
    ],
    ['no key', '192.0.2.13', (): string => ''],
  ])('with 100 made-up app keys and %s, 300 times, are one entry', async (_, address, apiKey) => {
    // As many as a network may try before it is told to wait, which is another reason.
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, (_each, number) =>
          refused(asApplication(`made-up-${number}`, apiKey()), address),
        ),
      );
    }
    expect(await newRefusals()).toEqual([expect.objectContaining({ occurrences: 300 })]);
  });

  it('from 200 addresses are a bounded number of entries', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        refused(asApplication('orders', UNKNOWN_KEY), `198.51.100.${number}`),
      ),
    );
    const entries = await newRefusals();
    expect(entries.length).toBe(51);
    expect(occurrencesOf(entries)).toBe(200);
    // Those beyond the bound are counted together.
    const overflow = {
      ...{ action: 'credentials.refused', actor: 'anonymous', reason: 'unknown-api-key', occurrences: 150 },
      ...{ resourceType: 'overflow', resourceId: null, appKey: null, environment: null, apiKeyId: null },
      ...{ ipAddress: null, userAgent: null, requestId: null },
    };
    expect(entries.filter(({ occurrences }) => occurrences > 1)).toEqual([expect.objectContaining(overflow)]);
    expect(entries.filter(({ ipAddress }) => ipAddress === null)).toHaveLength(1);
  });

  it('of one address that claim different things are an entry that names none of them', async () => {
    await refused({ ...asApplication('orders', UNKNOWN_KEY), 'User-Agent': 'a' }, '192.0.2.21');
    await refused({ ...asApplication('dormant', UNKNOWN_KEY), 'User-Agent': 'a' }, '192.0.2.21');
    expect(await newRefusals()).toEqual([
      expect.objectContaining({ ipAddress: '192.0.2.21', occurrences: 2, appKey: null, userAgent: 'a' }),
    ]);
  });

  it('have the app key they claim cut short', async () => {
    await refused(asApplication('x'.repeat(5000), UNKNOWN_KEY, 'y'.repeat(5000)));
    expect(await newRefusals()).toEqual([
      expect.objectContaining({ appKey: 'x'.repeat(255), environment: 'y'.repeat(255) }),
    ]);
  });

  it('claiming what no database can hold are told, and do not hide others', async () => {
    await app.http
      .get('/endpoints?app_key=orders&environment=a%00b')
      .set({ 'X-App-Key': 'orders', 'X-Forwarded-For': '192.0.2.3' })
      .expect(401);
    await refused({ 'X-Admin-Key': 'guess' });
    expect(await newRefusals()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ipAddress: '192.0.2.3', environment: 'a\uFFFDb' }),
        expect.objectContaining({ reason: 'wrong-admin-key' }),
      ]),
    );
  });

  it('never leave a secret in the trail, not even one sent in the wrong header', async () => {
    const unrecognised = `mcp_${'1'.repeat(16)}_${'B'.repeat(43)}`;
    const attempts = [
      { 'X-Admin-Key': 'a guessed admin key' },
      asApplication('orders', 'a guessed API key'),
      asApplication('orders', ADMIN_KEY),
      asApplication('orders', key.apiKey, 'staging'),
      { 'X-Admin-Key': key.apiKey },
      asApplication(key.apiKey, 'orders'),
      asApplication(unrecognised, 'orders'),
      asApplication(ADMIN_KEY, 'orders'),
      asApplication('orders', 'orders', key.apiKey),
      asApplication('orders', key.apiKey, ADMIN_KEY),
      asApplication(`Bearer ${ADMIN_KEY}`, 'orders'),
      asApplication('orders', key.apiKey, `x${ADMIN_KEY}x`),
      asApplication(`${'x'.repeat(240)}${ADMIN_KEY}`, 'orders'),
      { 'User-Agent': `client/1.0 ${key.apiKey}` },
      { 'User-Agent': `client/1.0 (${encodeURIComponent(SECRET_KEY)})` },
      { 'User-Agent': `${'x'.repeat(500)} ${key.apiKey}` },
      { 'X-Request-Id': ADMIN_KEY },
    ];
    for (const [number, headers] of attempts.entries()) {
      const isProven = headers['X-API-Key'] === key.apiKey;
      await refused(headers, `203.0.113.${number}`, isProven ? 403 : 401);
    }
    expect(occurrencesOf(await newRefusals())).toBe(attempts.length);
    const trail = (await everyTable(app)).get('AuditLog') ?? '';
    for (const secret of [
      key.apiKey.slice(-43),
      key.apiKey.slice(21, 31),
      unrecognised.slice(-43),
      ADMIN_KEY,
      ADMIN_KEY.slice(0, 12),
      SECRET_KEY,
      'guessed',
    ]) {
      expect({ secret, told: trail.includes(secret) }).toEqual({ secret, told: false });
    }
    // What may be seen of a key still helps to find whose it was.
    expect(trail).toContain(key.apiKey.slice(0, 20));
  });

  it('wait for a database that cannot take them', async () => {
    await app.database.query(`ALTER TABLE "AuditLog" RENAME TO "Elsewhere"`);
    await refused({ 'X-Admin-Key': 'guess' }, '192.0.2.77');
    await flush(app);
    await refused({ 'X-Admin-Key': 'guess' }, '192.0.2.77');
    await flush(app);
    await app.database.query(`ALTER TABLE "Elsewhere" RENAME TO "AuditLog"`);
    expect(await newRefusals()).toEqual([
      expect.objectContaining({ reason: 'wrong-admin-key', ipAddress: '192.0.2.77', occurrences: 2 }),
    ]);
  });

  it('are none where everybody may call, or where they are good', async () => {
    await app.http.get('/health').set({ 'X-Admin-Key': 'guess' }).expect(200);
    await app.http.get('/applications').set(AS_ADMIN).expect(200);
    await app.http.put('/applications/dormant').set(asApplication('orders', key.apiKey)).send({}).expect(403);
    expect(await newRefusals()).toEqual([]);
  });
});

describe('refused credentials in a running service', () => {
  it('reach the trail by themselves', async () => {
    const app = await startApp();
    try {
      await app.http.get('/applications').expect(401);
      const entries = await eventually(() => refusals(app), {
        fits: ({ length }) => length > 0,
        within: 30_000,
        every: 50,
      });
      expect(entries).toEqual([
        expect.objectContaining({ reason: 'missing-credentials', resourceId: 'GET /applications' }),
      ]);
    } finally {
      await app.close();
    }
  });

  it('reach the trail when it stops', async () => {
    const app = await startApp();
    stopIntervals(app);
    try {
      await app.http.get('/applications').expect(401);
      await app.nest.close();
      const entries = await app.database.query(`SELECT "action", "reason" FROM "AuditLog"`);
      expect(entries).toEqual([{ action: 'credentials.refused', reason: 'missing-credentials' }]);
    } finally {
      await app.database.drop();
    }
  });

  it('reach the trail even from requests that outlast the beginning of the stop', async () => {
    const app = await startApp();
    stopIntervals(app);
    try {
      await createApplication(app, { appKey: 'orders' });
      const { apiKey } = await issueKey(app, 'orders');
      // The one refusal that has to wait for the body.
      const body = JSON.stringify({ app_key: 'orders', environment: 'staging', endpoints: [endpoint()] });
      const { hostname, port } = new URL(app.url);
      const request = connect(Number(port), hostname);
      request.write(
        'POST /register/endpoints HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n' +
          `X-App-Key: orders\r\nX-API-Key: ${apiKey}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      await once(request, 'data');
      const closing = app.nest.close();
      await eventually(() =>
        app.http.get('/health/live').then(
          () => false,
          () => true,
        ),
      );
      // Not ended: no client waits for the response any more.
      request.write(body);
      await closing;
      const entries = await app.database.query(
        `SELECT "reason", "resourceId" FROM "AuditLog" WHERE "action" = 'credentials.refused'`,
      );
      expect(entries).toEqual([{ reason: 'wrong-environment', resourceId: 'POST /register/endpoints' }]);
    } finally {
      await app.database.drop();
    }
  });
});
