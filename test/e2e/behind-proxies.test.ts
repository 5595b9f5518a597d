import { randomUUID } from 'node:crypto';
import { createApplication, endpoint } from '../support/builders.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { documentOf, type Operation, operationsOf } from '../support/openapi-operations.js';
import { createRegistrant, register } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const BASE_PATH = '/api/registry';
const ORIGIN = 'https://console.example.com';
const HEADERS = 'content-type, x-admin-key, x-app-key, x-api-key, x-environment, if-none-match, x-request-id';

/** The service as it stands behind a proxy that keeps its prefix, called by programs and by browsers. */
describe('behind a proxy', () => {
  let app: TestApp;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startApp({
      BASE_PATH,
      TRUST_PROXY: 'loopback',
      CORS_ORIGINS: `${ORIGIN},https://other.example.com`,
      RATE_LIMIT_MAX: '1000',
    });
    for (const appKey of ['orders', 'invoices']) await createApplication(app, { name: appKey, appKey });
    operations = operationsOf(await documentOf(app));
  });
  afterAll(() => app.close());

  function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<WireAnswer> {
    return exchange(app.url, { method, target: `${BASE_PATH}${path}`, headers, body });
  }

  /** A path of the operation, its parameters filled in. */
  const pathOf = ({ path }: Operation): string =>
    path
      .replace(BASE_PATH, '')
      .replace(/\{(\w+)\}/g, (_, name: string) => (name === 'app_key' ? 'orders' : name));

  describe('BASE_PATH', () => {
    it('stands before every operation of the OpenAPI document', () => {
      expect(operations.length).toBeGreaterThan(20);
      expect(operations.filter(({ path }) => !path.startsWith(`${BASE_PATH}/`))).toEqual([]);
    });

    it('is in the instance of every refusal', async () => {
      const refused = operations.filter(({ security }) => security !== undefined && security.length > 0);
      const answers = await Promise.all(
        refused.map((operation) => send(operation.method, pathOf(operation), { 'X-Admin-Key': 'wrong' })),
      );
      const instances = answers.map(({ body }) => (JSON.parse(body) as { instance: string }).instance);
      expect(instances).toEqual(refused.map((operation) => `${BASE_PATH}${pathOf(operation)}`));
      const nowhere = await send('GET', '/nowhere/%');
      expect(JSON.parse(nowhere.body)).toMatchObject({ status: 400, instance: `${BASE_PATH}/nowhere/%` });
    });

    it.each(['/applications', '/applications/with-endpoints', '/audit-logs'])(
      'is in the Link of a page of %s, which leads to the next one',
      async (path) => {
        const page = await send('GET', `${path}?limit=1`, AS_ADMIN);
        const next = /^<\/api\/registry(\/[^>]+)>; rel="next"$/.exec(String(page.headers.link))?.[1] ?? '';
        expect(next.startsWith(`${path}?limit=1&cursor=`)).toBe(true);
        const following = await send('GET', next, AS_ADMIN);
        expect(following.status).toBe(200);
        expect(JSON.parse(following.body)).toHaveLength(1);
        expect(following.body).not.toBe(page.body);
      },
    );

    it('is a place with nothing beside it', async () => {
      for (const target of [
        '/',
        '/health',
        '/docs',
        '/openapi.json',
        '/applications',
        '/api',
        '/api/registryhealth',
      ]) {
        const answer = await exchange(app.url, { method: 'GET', target, headers: AS_ADMIN });
        expect([target, answer.status]).toEqual([target, 404]);
      }
    });

    it('holds registration and discovery', async () => {
      const registrant = await createRegistrant(app);
      expect((await register(app, registrant, [endpoint()])).status).toBe(200);
      const found = await send('GET', `/endpoints?app_key=${registrant.appKey}`);
      expect(JSON.parse(found.body)).toMatchObject({ endpoints: [endpoint()] });
    });
  });

  describe('CORS', () => {
    /** All but the catalogues, which pages of every origin may read. */
    const ofOrigins = (): Operation[] =>
      operations.filter(({ path }) => !/\/v0\.1\/|\/server-card$/.test(path));

    it('lets a browser ask for leave to call every operation with every header, and counts that', async () => {
      for (const operation of ofOrigins()) {
        const answer = await send('OPTIONS', pathOf(operation), {
          Origin: ORIGIN,
          'Access-Control-Request-Method': operation.method,
          'Access-Control-Request-Headers': HEADERS,
        });
        expect({ name: operation.name, ...answer }).toMatchObject({
          status: 204,
          body: '',
          headers: {
            'access-control-allow-origin': ORIGIN,
            'access-control-allow-methods': expect.stringContaining(operation.method),
            'access-control-allow-headers': HEADERS,
            vary: 'Origin, Access-Control-Request-Headers',
            'x-request-id': expect.any(String),
          },
        });
        const isCounted =
          !operation.path.startsWith(`${BASE_PATH}/health`) || operation.path.includes('/health-check/');
        expect(answer.headers['ratelimit-limit']).toBe(isCounted ? '1000' : undefined);
      }
    });

    it('lets it read what any operation answers, refusals included', async () => {
      const answers = await Promise.all(
        ofOrigins()
          // A stream, which does not end: below.
          .filter(({ path }) => !path.endsWith('/events'))
          .flatMap((operation) =>
            [{}, AS_ADMIN].map((credentials) =>
              send(operation.method === 'DELETE' ? 'PUT' : operation.method, pathOf(operation), {
                Origin: ORIGIN,
                ...credentials,
              }),
            ),
          ),
      );
      for (const { headers } of [...answers, await send('GET', '/nowhere', { Origin: ORIGIN })]) {
        expect(headers).toMatchObject({
          'access-control-allow-origin': ORIGIN,
          'access-control-expose-headers':
            'Link, X-Request-Id, ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
          vary: expect.stringMatching(/^Origin\b/),
        });
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
    });

    it('lets it read the stream of events', async () => {
      const abort = new AbortController();
      const { status, headers } = await fetch(`${app.url}/events`, {
        headers: { ...AS_ADMIN, Origin: ORIGIN },
        signal: abort.signal,
      });
      abort.abort();
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
    });

    it('says that answers differ by origin to those who are allowed nothing, too', async () => {
      const strangers: Record<string, string>[] = [
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
        { Origin: `${ORIGIN}.evil` },
        {},
      ];
      for (const headers of strangers) {
        const answer = await send('GET', '/endpoints?app_key=orders', headers);
        expect(answer.status).toBe(200);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
        expect(answer.headers.vary).toBe('Origin, Accept-Encoding, X-Environment');
      }
    });

    it('answers an OPTIONS that is no preflight as without CORS', async () => {
      expect(await send('OPTIONS', '/applications', { Origin: ORIGIN })).toMatchObject({
        status: 204,
        body: '',
        headers: { allow: 'GET, HEAD, OPTIONS, POST', 'access-control-allow-origin': ORIGIN },
      });
      expect((await send('OPTIONS', '/nowhere', { Origin: ORIGIN })).status).toBe(404);
    });

    it('lets a browser ask for a path that is no route, so that it may read the 404', async () => {
      const preflight = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' };
      expect((await send('OPTIONS', '/nowhere', preflight)).status).toBe(204);
    });

    it('lets it read a 405', async () => {
      expect(await send('PATCH', '/applications', { Origin: ORIGIN })).toMatchObject({
        status: 405,
        headers: { 'access-control-allow-origin': ORIGIN, allow: 'GET, HEAD, OPTIONS, POST' },
      });
    });
  });

  describe('TRUST_PROXY', () => {
    it('counts requests and keeps the trail by the address the proxy names', async () => {
      const remaining = async (forwarded: string): Promise<number> => {
        const answer = await send('GET', '/openapi.json', { 'X-Forwarded-For': forwarded });
        return Number(answer.headers['ratelimit-remaining']);
      };
      expect([await remaining('203.0.113.9'), await remaining('198.51.100.1, 203.0.113.9')]).toEqual([
        999, 998,
      ]);
      await send(
        'POST',
        '/applications',
        { ...AS_ADMIN, 'X-Forwarded-For': '198.51.100.1, 203.0.113.9', 'Content-Type': 'application/json' },
        JSON.stringify({ name: 'Forwarded', appKey: 'forwarded' }),
      );
      const trail = await send('GET', '/audit-logs?app_key=forwarded', AS_ADMIN);
      expect(JSON.parse(trail.body)).toMatchObject([{ ipAddress: '203.0.113.9' }]);
      expect(await remaining('203.0.113.9')).toBe(996);
    });

    it.each([
      ['203.0.113.77', '203.0.113.77'],
      ['::ffff:203.0.113.78', '203.0.113.78'],
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['2001:db8::2%a-b', '2001:db8::2'],
      ['fe80::1%br-lan', 'fe80::1'],
      ['::1%a-b', '::1'],
      ['203.0.113.79:4711', '127.0.0.1'],
      ['203.0.113.79%eth0', '203.0.113.79'],
      ['0x7f.1', '127.0.0.1'],
      ['unknown', '127.0.0.1'],
      ['\u009b31mred', '127.0.0.1'],
      ['x'.repeat(5000), '127.0.0.1'],
    ])('keeps of X-Forwarded-For %j the address %s', async (forwarded, ipAddress) => {
      const appKey = `forwarded-${randomUUID()}`;
      const answer = await send(
        'POST',
        '/applications',
        { ...AS_ADMIN, 'X-Forwarded-For': forwarded, 'Content-Type': 'application/json' },
        JSON.stringify({ name: 'Forwarded', appKey }),
      );
      expect(answer.status).toBe(201);
      const trail = await send('GET', `/audit-logs?app_key=${appKey}`, AS_ADMIN);
      expect(JSON.parse(trail.body)).toMatchObject([{ ipAddress }]);
    });
  });

  describe('security headers', () => {
    it.each(['/docs', '/docs/', '/docs/swagger-ui.css'])('protect the page %s', async (path) => {
      expect((await send('GET', path)).headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    });

    it.each(['/endpoints?app_key=orders', '/health', '/nowhere', '/openapi.json', '/applications'])(
      'are no more than nosniff at %s',
      async (path) => {
        const { headers } = await send('GET', path);
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers).not.toHaveProperty('content-security-policy');
      },
    );
  });
});
