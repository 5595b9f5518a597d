import { METHODS } from 'node:http';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { documentOf, operationsOf } from '../support/openapi-operations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** What is no operation of the document: pages and the document itself. */
const PAGES = ['/docs', '/docs/', '/docs/swagger-ui.css', '/openapi.json'];

describe.each(['', '/api/registry'])('below the base path %j', (basePath) => {
  let app: TestApp;
  /** By path, what it answers to, in the order of the alphabet. */
  let declared: Map<string, string[]>;

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: basePath });
    declared = new Map(PAGES.map((page) => [`${basePath}${page}`, ['GET', 'HEAD', 'OPTIONS']]));
    for (const { path, method } of operationsOf(await documentOf(app))) {
      const methods = declared.get(path) ?? ['OPTIONS'];
      declared.set(path, [...methods, method, ...(method === 'GET' ? ['HEAD'] : [])].sort());
    }
  });
  afterAll(() => app.close());

  function send(
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<WireAnswer> {
    return exchange(app.url, { method, target, headers, body });
  }

  it('every method that a path does not declare is a 405 that lists the others, without credentials', async () => {
    expect(declared.size).toBeGreaterThan(15);
    for (const [path, methods] of declared) {
      const target = path.replace(/\{\w+\}/g, 'orders');
      for (const method of METHODS.filter((each) => each !== 'CONNECT' && !methods.includes(each))) {
        const answer = await send(method, target);
        expect({
          method,
          target,
          ...answer,
          body: answer.body && (JSON.parse(answer.body) as unknown),
        }).toEqual({
          method,
          target,
          status: 405,
          headers: expect.objectContaining({
            allow: methods.join(', '),
            'content-type': 'application/problem+json; charset=utf-8',
            'cache-control': 'no-store',
          }),
          body:
            method === 'HEAD'
              ? ''
              : {
                  type: 'urn:mcp-registry:problem:method-not-allowed',
                  title: 'Method not allowed',
                  status: 405,
                  detail: `This path answers to ${methods.join(', ')}.`,
                  instance: target,
                  requestId: answer.headers['x-request-id'],
                },
        });
      }
    }
  });

  it('OPTIONS lists the methods of a path', async () => {
    for (const [path, methods] of declared) {
      expect(await send('OPTIONS', path.replace(/\{\w+\}/g, 'orders'))).toMatchObject({
        status: 204,
        headers: { allow: methods.join(', '), 'cache-control': 'no-store' },
        body: '',
      });
    }
  });

  it('no credentials, body or trailing slash make a difference', async () => {
    const target = `${basePath}/applications`;
    expect((await send('PATCH', target, AS_ADMIN)).status).toBe(405);
    expect((await send('PATCH', `${target}/`, { 'X-Admin-Key': 'wrong' })).status).toBe(405);
    expect((await send('PATCH', target, { 'Content-Type': 'text/plain' }, 'no JSON')).status).toBe(405);
    expect((await send('QUERY', target, { 'Content-Type': 'application/json' }, '{}')).status).toBe(405);
  });

  it('what stands before a parameter of other routes has its own methods', async () => {
    const target = `${basePath}/applications/with-endpoints`;
    expect(await send('PUT', target, AS_ADMIN)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    });
  });

  it('what is no path stays a 404', async () => {
    for (const method of ['GET', 'PATCH', 'QUERY', 'PROPFIND', 'OPTIONS']) {
      expect((await send(method, `${basePath}/nowhere`)).status).toBe(404);
    }
  });
});
