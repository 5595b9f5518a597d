import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectProblem } from '../support/problems.js';
import { startApp, type TestApp } from '../support/start-app.js';

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** As any path that leads nowhere. */
function expectAbsent({ status, body, headers }: Response): void {
  expect([status, (body as { title: string }).title]).toEqual([404, 'Not Found']);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
}

describe.each(['', '/api/registry'])('the console below BASE_PATH=%s', (basePath) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(basePath === '' ? {} : { BASE_PATH: basePath });
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    Promise.resolve(app.http.get(path).set(headers));
  const filesOf = ({ text }: Response): string[] =>
    [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, url = '']) => url.slice(basePath.length));

  it.each(['/console', '/console/', '/console/apps/orders/production', '/console/apps?q=is%3Adown'])(
    'answers its page at %s, which loads nothing but its own files',
    async (path) => {
      const response = await get(path, HTML);
      expect(response.status).toBe(200);
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      });
      expect(response.text).toContain(`<meta name="base-path" content="${basePath}">`);
      expect(filesOf(response).map((url) => url.replace(/-[A-Z0-9]{8}\./, '.'))).toEqual([
        '/console/assets/theme.js',
        '/console/assets/main.css',
        '/console/assets/main.js',
      ]);
    },
  );

  it('answers its files compressed, to be kept for ever', async () => {
    const [, , main = ''] = filesOf(await get('/console'));
    const plain = await get(main, { 'Accept-Encoding': 'identity' });
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    for (const encoding of ['br', 'gzip']) {
      const encoded = await get(main, { 'Accept-Encoding': encoding });
      expect(encoded.headers['content-encoding']).toBe(encoding);
      expect(Number(encoded.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']));
    }
  });

  it.each(['main-AAAAAAAA.js', 'meta.json', '..%2Fmeta.json', '%2E%2E%2F..%2Fpackage.json'])(
    'has no file %s',
    async (name) => {
      expectAbsent(await get(`/console/assets/${name}`));
    },
  );

  it('is where browsers are led from the root, and no other client', async () => {
    const led = await get('/', HTML);
    expect([led.status, led.headers.location]).toEqual([302, `${basePath}/console`]);
    expectAbsent(await get('/'));
    for (const accept of ['*/*', 'application/json']) {
      expectAbsent(await get('/', { Accept: accept }));
    }
  });
});

it('is not there with CONSOLE=false', async () => {
  const app = await startApp({ CONSOLE: 'false' });
  try {
    for (const path of ['/console', '/console/assets/main.js', '/']) {
      expectAbsent(await Promise.resolve(app.http.get(path).set(HTML)));
    }
  } finally {
    await app.close();
  }
});

it('is refused over plain HTTP beyond the own machine in production', async () => {
  const app = await startApp({
    NODE_ENV: 'production',
    SECRET_KEY: 'a-secret-key-of-the-console-tests-0123',
    REGISTRY_ADMIN_KEY: 'an-admin-key-of-the-console-tests-4567',
    TRUST_PROXY: 'loopback',
  });
  try {
    const get = (headers: Record<string, string>): Promise<Response> =>
      Promise.resolve(app.http.get('/console').set(headers));
    expectProblem(await get({ Host: 'registry.example.com' }), 403, 'https-required');
    const overTls = { Host: 'registry.example.com', 'X-Forwarded-Proto': 'https' };
    for (const headers of [overTls, { Host: 'localhost:8000' }, { Host: '[::1]:8000' }]) {
      expect((await get(headers)).status).toBe(200);
    }
  } finally {
    await app.close();
  }
});
