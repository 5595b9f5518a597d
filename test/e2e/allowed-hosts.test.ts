import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { rawExchange } from '../support/raw-connection.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const ALLOWED_HOSTS = 'registry.example.com,*.internal.example,10.0.0.7,::1';
const ORIGIN = 'https://console.example.com';
const PREFLIGHT = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' };

let app: TestApp;

function ask(target: string, headers: Record<string, string>, method = 'GET'): Promise<WireAnswer> {
  return exchange(app.url, {
    method,
    target: `/api/registry${target}`,
    headers: { ...AS_ADMIN, ...headers },
  });
}

describe('ALLOWED_HOSTS', () => {
  beforeAll(async () => {
    app = await startApp({
      ALLOWED_HOSTS,
      BASE_PATH: '/api/registry',
      CORS_ORIGINS: ORIGIN,
      RATE_LIMIT_MAX: '1000',
    });
  });
  afterAll(() => app.close());

  it.each([
    'registry.example.com',
    'Registry.Example.COM',
    'registry.example.com:8443',
    'registry.example.com.',
    'a.internal.example',
    'a.b.internal.example:80',
    '10.0.0.7:8000',
    '[::1]',
    '[::1]:8000',
  ])('lets requests to %s through', async (host) => {
    expect((await ask('/applications', { Host: host })).status).toBe(200);
  });

  it.each([
    'example.com',
    'evil.registry.example.com',
    'registry.example.com.evil.example',
    'internal.example',
    'evilinternal.example',
    '127.0.0.1',
    '10.0.0.70',
    '[::2]:8000',
    '',
    'a%2f.internal.example',
    'a!.internal.example',
    'evil.com,a.internal.example',
    '.internal.example',
  ])('refuses requests to %j, before it looks at their credentials', async (host) => {
    const answer = await ask('/applications', { Host: host, 'X-Admin-Key': 'wrong', Origin: ORIGIN });
    expect({ ...answer, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 400,
      headers: expect.objectContaining({ 'content-type': 'application/problem+json; charset=utf-8' }),
      body: {
        type: 'urn:mcp-registry:problem:host-not-allowed',
        title: 'Host not allowed',
        status: 400,
        detail: 'The registry does not answer under this host (ALLOWED_HOSTS).',
        instance: '/api/registry/applications',
        requestId: answer.headers['x-request-id'],
      },
    });
  });

  it.each([
    'registry.example.com@evil.example',
    'registry.example.com:80:80',
    'evil.com/.internal.example',
    'evil.com\\.internal.example',
    'evil.com?.internal.example',
    'evil.com#.internal.example',
    'evil.com .internal.example',
  ])('refuses requests to %j, which is no host', async (host) => {
    const answer = await ask('/applications', { Host: host });
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 400,
      detail: 'The Host header must be a host, optionally with a port (RFC 9110, section 7.2).',
    });
  });

  it.each([
    ['GET', '/docs', {}],
    ['GET', '/openapi.json', {}],
    ['GET', '/nowhere', {}],
    ['GET', '/health/nowhere', {}],
    ['POST', '/register/endpoints', {}],
    ['OPTIONS', '/applications', PREFLIGHT],
  ])('refuses %s %s of another host', async (method, target, headers) => {
    expect((await ask(target, { Host: 'evil.example', ...headers }, method)).status).toBe(400);
  });

  it.each(['/health', '/health/live', '/health/ready', '/health/ready/'])(
    'answers %s under any host',
    async (target) => {
      for (const host of ['10.1.2.3:8000', 'localhost']) {
        expect((await ask(target, { Host: host })).status).toBe(200);
      }
    },
  );

  it('goes by the URL when that names a host', async () => {
    const status = async (url: string, host: string): Promise<string | undefined> =>
      /^HTTP\/1\.1 (\d+)/.exec(
        await rawExchange(
          app.url,
          `GET ${url}/api/registry/openapi.json HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        ),
      )?.[1];
    for (const authority of ['evil.example', 'evil.com\\.internal.example', 'a@registry.example.com']) {
      expect(await status(`http://${authority}`, 'registry.example.com')).toBe('400');
    }
    expect(await status('http://registry.example.com', 'evil.example')).toBe('200');
  });

  it('does not ask a stranger for the host', async () => {
    const claimed = await ask('/applications', {
      Host: 'evil.example',
      'X-Forwarded-Host': 'registry.example.com',
    });
    expect(claimed.status).toBe(400);
    const ignored = await ask('/applications', {
      Host: 'registry.example.com',
      'X-Forwarded-Host': 'evil.example',
    });
    expect(ignored.status).toBe(200);
  });
});

describe('ALLOWED_HOSTS behind a trusted proxy', () => {
  beforeAll(async () => {
    app = await startApp({ ALLOWED_HOSTS, BASE_PATH: '/api/registry', TRUST_PROXY: 'loopback' });
  });
  afterAll(() => app.close());

  it.each([
    ['registry.example.com', 'proxied:8000', 200],
    ['evil.example', 'registry.example.com', 400],
    ['registry.example.com, evil.example', 'proxied', 400],
    ['evil.com/.internal.example', 'proxied', 400],
    ['', 'registry.example.com', 200],
  ])('goes by X-Forwarded-Host %j, not by Host %j', async (forwarded, host, status) => {
    expect((await ask('/applications', { Host: host, 'X-Forwarded-Host': forwarded })).status).toBe(status);
  });
});
