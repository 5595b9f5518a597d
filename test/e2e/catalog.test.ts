import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { startApp, type TestApp } from '../support/start-app.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const NAME = 'com.example.registry/mcp-registry';
const HOST = { Host: 'registry.example.com:8443', 'X-Forwarded-Proto': 'https' };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;

const SERVER = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: NAME,
  title: 'MCP Registry',
  description: 'Finds the REST endpoints of your organisation, whether they are alive, and how to call them.',
  version,
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://registry.example.com:8443/registry/mcp',
      headers: [
        {
          name: 'X-Admin-Key',
          description: 'Key of an operator of the role agent, as the operators of the registry issue it',
          isRequired: true,
          isSecret: true,
        },
      ],
    },
  ],
};
const ITEM = {
  server: SERVER,
  _meta: {
    'io.modelcontextprotocol.registry/official': {
      status: 'active',
      publishedAt: TIME,
      updatedAt: TIME,
      isLatest: true,
    },
  },
};

describe('the catalogue of MCP servers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      BASE_PATH: '/registry',
      TRUST_PROXY: 'true',
      CORS_ORIGINS: 'https://console.example.com',
    });
  });
  afterAll(() => app.close());

  it('has this registry, under the address at which the client reached it', async () => {
    const { body } = (await app.http.get('/v0.1/servers').set(HOST).expect(200)) as { body: unknown };
    expect(body).toEqual({ servers: [ITEM], metadata: { count: 1 } });
    expect(SERVER.description.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['search=REGISTRY', 1],
    ['search=weather', 0],
    ['version=latest', 1],
    [`version=${version}`, 1],
    ['version=9.9.9', 0],
    ['updated_since=2020-01-01T00:00:00Z', 1],
    ['updated_since=2999-01-01T00:00:00Z', 0],
    ['limit=1&unknown=parameter', 1],
  ])('answers ?%s with %i entries', async (query, count) => {
    const { body } = (await app.http.get(`/v0.1/servers?${query}`).set(HOST).expect(200)) as {
      body: unknown;
    };
    expect(body).toEqual({ servers: count === 1 ? [ITEM] : [], metadata: { count } });
  });

  it('continues a search whose later pages name none, by a cursor that needs no encoding', async () => {
    const cursor = Buffer.from(JSON.stringify({ after: 0, search: 'weather' })).toString('base64url');
    expect(encodeURIComponent(cursor)).toBe(cursor);
    const { body } = (await app.http.get(`/v0.1/servers?cursor=${cursor}`).set(HOST).expect(200)) as {
      body: unknown;
    };
    expect(body).toEqual({ servers: [], metadata: { count: 0 } });
    for (const wrong of ['x', Buffer.from('{"after":-1,"search":""}').toString('base64url')]) {
      expectInvalid(await app.http.get(`/v0.1/servers?cursor=${wrong}`), '#/cursor');
    }
    expectInvalid(
      await app.http.get('/v0.1/servers?limit=0&updated_since=monday'),
      '#/limit',
      '#/updated_since',
    );
  });

  it('has its versions', async () => {
    const path = `/v0.1/servers/${encodeURIComponent(NAME)}/versions`;
    const versions = await app.http.get(path).set(HOST).expect(200);
    expect(versions.body).toEqual({ servers: [ITEM], metadata: { count: 1 } });
    for (const each of ['latest', version]) {
      expect((await app.http.get(`${path}/${each}`).set(HOST).expect(200)).body).toEqual(ITEM);
    }
    expectProblem(await app.http.get(`${path}/9.9.9`).set(HOST), 404, 'server-not-found');
    expectProblem(
      await app.http.get('/v0.1/servers/com.example%2Fother/versions').set(HOST),
      404,
      'server-not-found',
    );
  });

  it.each([
    ['localhost:8000', 'local.localhost/mcp-registry'],
    ['127.0.0.1:8000', 'local.127.0.0.1/mcp-registry'],
    ['[::1]:8000', 'local.1/mcp-registry'],
    ['Tools.Example.org', 'org.example.tools/mcp-registry'],
  ])('names the registry at %s %s', async (host, name) => {
    const { body } = (await app.http.get('/v0.1/servers').set({ Host: host }).expect(200)) as {
      body: unknown;
    };
    expect((body as { servers: { server: { name: string } }[] }).servers[0]?.server.name).toBe(name);
  });

  it('has a Server Card, which clients may keep', async () => {
    const { body, headers } = (await app.http.get('/mcp/server-card').set(HOST).expect(200)) as {
      body: unknown;
      headers: Record<string, string>;
    };
    expect(body).toEqual({
      ...SERVER,
      $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
    });
    expect(headers['content-type']).toBe('application/mcp-server-card+json; charset=utf-8');
    expect(headers['cache-control']).toBe('public, max-age=3600');
    for (const held of [headers.etag, `"other", W/${headers.etag ?? ''}`, '*']) {
      const unchanged = await app.http.get('/mcp/server-card').set({ ...HOST, 'If-None-Match': held ?? '' });
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    }
    await app.http
      .get('/mcp/server-card')
      .set({ ...HOST, 'If-None-Match': '"other"' })
      .expect(200);
  });

  it.each(['/v0.1/servers', `/v0.1/servers/${encodeURIComponent(NAME)}/versions/latest`, '/mcp/server-card'])(
    'lets pages of any origin read %s',
    async (path) => {
      const origin = { Origin: 'https://vscode.dev' };
      const answer = await app.http.get(path).set({ ...HOST, ...origin });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
      const preflight = await app.http
        .options(path)
        .set({ ...HOST, ...origin, 'Access-Control-Request-Method': 'GET' });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, OPTIONS',
        'access-control-allow-headers': 'Authorization, Content-Type',
      });
    },
  );

  it('opens nothing else to them', async () => {
    const answer = await app.http.get('/health').set({ Origin: 'https://vscode.dev' });
    expect(answer.headers['access-control-allow-origin']).not.toBe('*');
  });
});

describe('with MCP_CATALOG=false and MCP_ACCESS=public', () => {
  it('there is none', async () => {
    const app = await startApp({ MCP_CATALOG: 'false' });
    for (const path of [
      '/v0.1/servers',
      '/v0.1/servers/a%2Fb/versions',
      '/v0.1/servers/a%2Fb/versions/latest',
      '/mcp/server-card',
    ]) {
      expectProblem(await app.http.get(path), 404, 'catalog-switched-off');
    }
    await app.close();
  });

  it('no key is asked for', async () => {
    const app = await startApp({ MCP_ACCESS: 'public' });
    const { body } = (await app.http
      .get('/mcp/server-card')
      .set({ Host: 'registry.example.com' })
      .expect(200)) as { body: unknown };
    expect((body as { remotes: unknown }).remotes).toEqual([
      { type: 'streamable-http', url: 'http://registry.example.com/mcp' },
    ]);
    await app.close();
  });
});
