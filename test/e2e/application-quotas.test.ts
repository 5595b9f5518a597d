import type { Response } from 'supertest';
import { countEntries } from '../support/audit-trail.js';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

type Headers = Readonly<Record<string, string>>;

/** Applications with keys of their own. */
async function keysOf(app: TestApp, ...appKeys: string[]): Promise<Headers[]> {
  const keys: Headers[] = [];
  for (const appKey of appKeys) {
    await createApplication(app, { appKey, environments: [{ name: 'production' }, { name: 'staging' }] });
    keys.push(asApplication(appKey, (await issueKey(app, appKey)).apiKey));
  }
  return keys;
}

const update = (app: TestApp, key: Headers | undefined): Promise<Response> =>
  Promise.resolve(
    app.http
      .put(`/applications/${key?.['X-App-Key'] ?? ''}`)
      .set(key ?? {})
      .send({}),
  );

function register(app: TestApp, key: Headers | undefined, endpoints: object[], more = {}): Promise<Response> {
  return Promise.resolve(
    app.http
      .post('/register/endpoints')
      .set(key ?? {})
      .send({ app_key: key?.['X-App-Key'], endpoints, ...more }),
  );
}

describe('APP_REQUESTS_PER_MINUTE', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ APP_REQUESTS_PER_MINUTE: '5', TRUST_PROXY: 'true' });
  });
  afterAll(() => app.close());

  it('bounds the requests of each application, whatever their networks and routes', async () => {
    const [orders, payments] = await keysOf(app, 'orders', 'payments');
    for (let sent = 0; sent < 5; sent += 1) {
      const headers = { ...orders, 'X-Forwarded-For': `203.0.113.${sent}` };
      const answer = sent % 2 === 0 ? await update(app, headers) : await register(app, headers, [endpoint()]);
      expect(answer.status).toBe(200);
    }
    const refused = await register(app, orders, [endpoint()]);
    expectProblem(refused, 429, 'request-quota-exceeded');
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('5 requests a minute') });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await update(app, payments)).status).toBe(200);
    expect((await app.http.get('/applications').set(AS_ADMIN)).status).toBe(200);
  });

  it('counts no request with a wrong key, which is refused as ever', async () => {
    const [shop] = await keysOf(app, 'shop');
    const wrong = { ...shop, 'X-API-Key': `${shop?.['X-API-Key'] ?? ''}x` };
    for (let sent = 0; sent < 6; sent += 1) expect((await update(app, wrong)).status).toBe(401);
    expect((await update(app, shop)).status).toBe(200);
  });
});

describe('APP_BATCHES_PER_HOUR', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ APP_BATCHES_PER_HOUR: '2' });
  });
  afterAll(() => app.close());

  it('bounds batches, dry runs among them, and nothing else', async () => {
    const [orders, payments] = await keysOf(app, 'orders', 'payments');
    expect((await register(app, orders, [endpoint()])).status).toBe(200);
    expect(
      (
        await app.http
          .post('/register/endpoints?dryRun=true')
          .set(orders ?? {})
          .send({ app_key: 'orders', endpoints: [endpoint()] })
      ).status,
    ).toBe(200);
    const refused = await register(app, orders, [endpoint()]);
    expectProblem(refused, 429, 'batch-quota-exceeded');
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('2 batches an hour') });
    expect((await update(app, orders)).status).toBe(200);
    expect((await register(app, payments, [endpoint()])).status).toBe(200);
  });
});

describe('APP_MAX_STORED_BYTES', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ APP_MAX_STORED_BYTES: '20000' });
  });
  afterAll(() => app.close());

  const many = (count: number, prefix = '/p'): object[] =>
    Array.from({ length: count }, (_, n) => endpoint({ path: `${prefix}${n}` }));

  it('bounds what the environments of an application take together; what is beyond changes nothing', async () => {
    const [orders, payments] = await keysOf(app, 'orders', 'payments');
    const staging = asApplication('orders', (await issueKey(app, 'orders', 'staging')).apiKey);
    const inStaging = { ...staging, 'X-Environment': 'staging' };
    expect((await register(app, orders, many(20))).status).toBe(200);
    const before = await countEntries(app);
    const refused = await register(app, inStaging, many(200), { environment: 'staging' });
    expectProblem(refused, 403, 'storage-quota-exceeded');
    expect(refused.body).toMatchObject({
      detail: expect.stringMatching(/would take \d+ bytes.*it may use 20000/),
    });
    expect(await countEntries(app)).toBe(before);
    const stored = await app.database.query<{ count: string }>(`SELECT count(*) FROM "Endpoint"`);
    expect(stored).toEqual([{ count: '20' }]);
    expect((await register(app, payments, many(20))).status).toBe(200);
  });

  it('lets an application beyond it register less', async () => {
    const roomy = await startApp({}, app.database);
    const [crowded] = await keysOf(app, 'crowded');
    try {
      expect((await register(roomy, crowded, many(300))).status).toBe(200);
    } finally {
      await roomy.nest.close();
    }
    expectProblem(await register(app, crowded, many(301)), 403, 'storage-quota-exceeded');
    expect((await register(app, crowded, many(250))).status).toBe(200);
  });
});
