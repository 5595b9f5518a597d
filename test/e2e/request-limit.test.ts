import { exchange } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const MAX = 5;
const UNLIMITED = ['/health', '/health/live', '/health/ready'];

describe('requests beyond RATE_LIMIT_MAX', () => {
  let app: TestApp;
  let last = 0;

  beforeAll(async () => {
    app = await startApp({
      RATE_LIMIT_MAX: String(MAX),
      RATE_LIMIT_WINDOW: '3600',
      TRUST_PROXY: 'true',
      CORS_ORIGINS: '*',
    });
  });
  afterAll(() => app.close());

  /** An address no other test has used. */
  const newAddress = (): string => `192.0.2.${(last += 1)}`;

  function get(path: string, address: string, headers: Record<string, string> = AS_ADMIN) {
    return app.http.get(path).set({ 'X-Forwarded-For': address, ...headers });
  }

  it('are refused, and until then told how many are left', async () => {
    const address = newAddress();
    for (let left = MAX - 1; left >= 0; left -= 1) {
      const { status, headers } = await get('/applications', address);
      expect(status).toBe(200);
      expect([headers['ratelimit-limit'], headers['ratelimit-remaining']]).toEqual(['5', String(left)]);
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(3500);
    }
    const answer = await get('/applications', address, {
      ...AS_ADMIN,
      Origin: 'https://console.example.com',
    });
    expectProblem(answer, 429, 'too-many-requests');
    expect(answer.headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '0',
      'retry-after': answer.headers['ratelimit-reset'],
      // A browser may read both the refusal and its headers.
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('RateLimit-Remaining'),
    });
    expect(answer.body).toMatchObject({
      detail: expect.stringMatching(/^Allowed are 5 requests in 3600 s\./),
    });
  });

  it.each([
    ['without credentials', '/applications', {}, 401],
    ['with a wrong admin key', '/applications', { 'X-Admin-Key': 'guess' }, 401],
    ['to a public route', '/endpoints?app_key=none', {}, 404],
    ['to the documentation', '/openapi.json', {}, 200],
    ['to nowhere', '/nowhere', {}, 404],
    ['with too long a URL', `/applications?${'a'.repeat(8192)}`, {}, 414],
  ])('%s are refused too', async (_, path, headers, status) => {
    const address = newAddress();
    for (let sent = 0; sent < MAX; sent += 1) expect((await get(path, address, headers)).status).toBe(status);
    expectProblem(await get(path, address, headers), 429, 'too-many-requests');
  });

  it('are refused too when they are preflights, or of a method that the route has not', async () => {
    const preflight = { Origin: 'https://console.example.com', 'Access-Control-Request-Method': 'PUT' };
    for (const [method, headers, status] of [
      ['options', preflight, 204],
      ['options', {}, 204],
      ['patch', {}, 405],
    ] as const) {
      const address = newAddress();
      const ask = () => app.http[method]('/applications').set({ 'X-Forwarded-For': address, ...headers });
      for (let sent = 0; sent < MAX; sent += 1) expect((await ask()).status).toBe(status);
      expectProblem(await ask(), 429, 'too-many-requests');
    }
  });

  it('are those of one address, or of one /64', async () => {
    const addresses = Array.from({ length: MAX }, (_, host) => `2001:db8:0:7::${host}`);
    for (const address of addresses) expect((await get('/applications', address)).status).toBe(200);
    expect((await get('/applications', '2001:db8:0:7:ffff::1')).status).toBe(429);
    expect((await get('/applications', '2001:db8:0:8::1')).status).toBe(200);
    expect((await get('/applications', newAddress())).status).toBe(200);
  });

  it('are counted whatever a proxy says of the address', async () => {
    // Zones that Node's isIP takes and ipaddr.js does not.
    const addresses = ['%a-b', '%br-lan', '%', '%eth0', '%x_y'].map((zone) => `2001:db8:0:9::1${zone}`);
    for (const address of addresses) expect((await get('/applications', address)).status).toBe(200);
    expectProblem(await get('/applications', '2001:db8:0:9::1%c-d'), 429, 'too-many-requests');
  });

  it.each(UNLIMITED)('are never those to %s', async (path) => {
    const address = newAddress();
    for (let sent = 0; sent < MAX * 2; sent += 1) {
      const { status, headers } = await get(path, address, {});
      expect(status).toBe(200);
      expect(headers['ratelimit-limit']).toBeUndefined();
    }
    expect((await get('/applications', address)).headers['ratelimit-remaining']).toBe(String(MAX - 1));
  });
});

describe('requests for which no route can be looked up', () => {
  it('are refused beyond RATE_LIMIT_MAX, too', async () => {
    const app = await startApp({ RATE_LIMIT_MAX: '2', RATE_LIMIT_WINDOW: '3600' });
    try {
      const tooLong = `/applications/${'a'.repeat(513)}`;
      const answers = [];
      for (const target of ['/%', tooLong, '/%', tooLong, '/applications']) {
        const { status, headers } = await exchange(app.url, { method: 'GET', target, headers: AS_ADMIN });
        answers.push([status, headers['ratelimit-remaining'], headers['x-content-type-options']]);
      }
      expect(answers).toEqual([
        [400, '1', 'nosniff'],
        [414, '0', 'nosniff'],
        ...[429, 429, 429].map((status) => [status, '0', 'nosniff']),
      ]);
    } finally {
      await app.close();
    }
  });
});

describe.each([
  ['below a base path', { BASE_PATH: '/api/registry', RATE_LIMIT_MAX: '1' }],
  ['that are not limited', { RATE_LIMIT_ENABLED: 'false', RATE_LIMIT_MAX: '1' }],
])('requests %s', (_, settings) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(settings);
  });
  afterAll(() => app.close());

  it('reach the probes again and again', async () => {
    for (const path of [...UNLIMITED, ...UNLIMITED]) {
      const { status, headers } = await app.http.get(path);
      expect([status, headers['ratelimit-limit']]).toEqual([200, undefined]);
    }
  });

  it('are counted, or not', async () => {
    const statuses = [];
    for (let sent = 0; sent < 3; sent += 1) {
      statuses.push((await app.http.get('/applications').set(AS_ADMIN)).status);
    }
    expect(statuses).toEqual('BASE_PATH' in settings ? [200, 429, 429] : [200, 200, 200]);
  });
});
