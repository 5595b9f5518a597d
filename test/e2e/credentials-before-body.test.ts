import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { documentOf, type Operation, operationsOf } from '../support/openapi-operations.js';
import { rawExchange } from '../support/raw-connection.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

describe('credentials', () => {
  let app: TestApp;
  let withBody: Operation[];
  let application: Record<string, string>;

  beforeAll(async () => {
    app = await startApp();
    await createApplication(app, { appKey: 'orders' });
    const { apiKey } = await issueKey(app, 'orders');
    application = asApplication('orders', apiKey);
    // Signing in is the one that has its credentials in the body, which may have 8 KiB.
    withBody = operationsOf(await documentOf(app)).filter(
      ({ method, name }) => method !== 'GET' && name !== 'POST /session',
    );
    expect(withBody).not.toHaveLength(0);
  });
  afterAll(() => app.close());

  /** The status of an answer to the head of a request alone. */
  async function statusOfHead(
    { method, path }: { method: string; path: string },
    headers: Record<string, string>,
  ): Promise<number> {
    const head = [
      `${method} ${path.replace(/\{\w+\}/g, 'orders')} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ];
    return Number((await rawExchange(app.url, head.join('\r\n'))).split(' ', 2)[1]);
  }

  it.each([
    ['that has not arrived', { 'Content-Type': 'application/json', 'Content-Length': '1000000' }],
    ['that is too large', { 'Content-Type': 'application/json', 'Content-Length': '100000000' }],
    ['of a type that is not read', { 'Content-Type': 'text/plain', 'Content-Length': '10' }],
  ])('are asked for before a body %s', async (_, headers) => {
    const wrong = [
      {},
      { 'X-Admin-Key': 'guess' },
      asApplication('orders', 'guess'),
      { ...application, 'X-Admin-Key': 'guess' },
    ];
    for (const operation of withBody) {
      for (const credentials of wrong) {
        const status = await statusOfHead(operation, { ...headers, ...credentials });
        expect({ operation: operation.name, credentials, status }).toEqual({
          operation: operation.name,
          credentials,
          status: 401,
        });
      }
    }
  });

  it.each([
    ['POST', '/applications', AS_ADMIN],
    ['PUT', '/applications/orders', undefined],
    ['POST', '/register/endpoints', undefined],
  ] as const)('that are good have the body of %s %s looked at', async (method, path, headers) => {
    const credentials = headers ?? application;
    const json = { 'Content-Type': 'application/json' };
    const text = { 'Content-Type': 'text/plain' };
    const at = { method, path };
    expect(await statusOfHead(at, { ...credentials, ...json, 'Content-Length': '100000000' })).toBe(413);
    expect(await statusOfHead(at, { ...credentials, ...text, 'Content-Length': '10' })).toBe(415);
  });

  it('of another application are told so before a body is read', async () => {
    await createApplication(app, { appKey: 'billing' });
    const headers = { ...application, 'Content-Type': 'application/json', 'Content-Length': '1000' };
    expect(await statusOfHead({ method: 'PUT', path: '/applications/billing' }, headers)).toBe(403);
  });

  it('open nothing below a path the router does not know, whatever they are', async () => {
    expect(await statusOfHead({ method: 'POST', path: '/applications//environments' }, AS_ADMIN)).toBe(404);
  });
});
