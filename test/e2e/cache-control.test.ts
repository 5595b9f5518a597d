import { createApplication, issueKey } from '../support/builders.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { documentOf, endingOperationsOf, type Operation } from '../support/openapi-operations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

/** The operations whose answers have an entity tag: they may be stored, and must be asked for again. */
const CONDITIONAL = [
  'Discovery_endpoints',
  'Discovery_applicationsWithEndpoints',
  'Discovery_openApi',
  'Overview_answer',
  'Catalog_card',
];
/** The operations whose entity tag is for `If-Match` only: it does not name the bytes, so that no cache may store them. */
const TAGGED = [
  'Applications_get',
  'Environments_get',
  'Operators_get',
  'Environments_update',
  'Operators_update',
];
/** What routes need to answer with 200. */
const QUERIES: Readonly<Record<string, string>> = {
  Discovery_endpoints: '?app_key=orders',
  Search_search: '?q=orders',
};
const KEY_HEADERS = ['X-Admin-Key', 'Authorization', 'Cookie', 'X-App-Key', 'X-API-Key', 'X-Environment'];

describe.each(['false', 'true'])('Cache-Control with ENDPOINTS_REQUIRE_KEY=%s', (requireKey) => {
  let app: TestApp;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startApp({ ENDPOINTS_REQUIRE_KEY: requireKey });
    await createApplication(app, { appKey: 'orders' });
    await app.http
      .post('/operators')
      .set(AS_ADMIN)
      .send({ name: 'ann', kind: 'person', role: 'viewer' })
      .expect(201);
    operations = endingOperationsOf(await documentOf(app));
  });
  afterAll(() => app.close());

  function send(
    { method, path, bodySchema }: Operation,
    headers: Record<string, string>,
    query = '',
  ): Promise<WireAnswer> {
    const target = path
      .replace('{app_key}', 'orders')
      .replace('{app_id}', 'orders')
      .replace('{environment}', 'production')
      .replace('{operator}', 'ann')
      .replace('{server_name}', encodeURIComponent('local.127.0.0.1/mcp-registry'))
      .replace('{server_version}', 'latest')
      .replace(/\{\w+\}/g, 'none');
    return exchange(app.url, {
      method,
      target: `${target}${query}`,
      headers: { ...headers, ...(bodySchema && { 'Content-Type': 'application/json' }) },
      // Nothing is changed: what is asked for later must still be there.
      body: bodySchema && '{}',
    });
  }

  const operation = (id: string): Operation => {
    const found = operations.find(({ operationId }) => operationId === id);
    if (found === undefined) throw new Error(`There is no operation ${id}`);
    return found;
  };

  it('is no-store by every operation without credentials', async () => {
    for (const each of operations) {
      const { status, headers } = await send(each, {});
      // What pages of all origins may read has nothing to hide.
      if (each.operationId === 'Catalog_card') continue;
      expect([each.name, status, headers['cache-control']]).toEqual([each.name, status, 'no-store']);
      const isPublic =
        (each.path.startsWith('/health') && !each.path.startsWith('/health-check')) ||
        each.path.startsWith('/v0.1/') ||
        each.name === 'POST /session';
      if (!isPublic && each.operationId !== 'Discovery_endpoints')
        expect([each.name, status]).toEqual([each.name, 401]);
    }
  });

  it('is no-store by every operation as the operator, unless the entity tag of the answer names its bytes', async () => {
    for (const each of operations.filter(({ method }) => method !== 'DELETE')) {
      const query = QUERIES[each.operationId] ?? '';
      const { status, headers } = await send(each, AS_ADMIN, query);
      if (each.method === 'GET') expect([each.name, status]).toEqual([each.name, 200]);
      if (CONDITIONAL.includes(each.operationId)) continue;
      const tag = TAGGED.includes(each.operationId) && status === 200 ? expect.any(String) : undefined;
      expect([each.name, headers['cache-control'], headers.etag]).toEqual([each.name, 'no-store', tag]);
    }
  });

  it('is no-store by an answer that holds a key, and by one without a body', async () => {
    const path = '/applications/orders/environments/production/api-keys';
    const issued = await app.http.post(path).set(AS_ADMIN).send({ name: 'caches' });
    expect([issued.status, issued.headers['cache-control']]).toEqual([201, 'no-store']);
    const { id } = issued.body as { id: string };
    const rotated = await app.http.post(`${path}/${id}/rotate`).set(AS_ADMIN).send({});
    expect([rotated.status, rotated.headers['cache-control']]).toEqual([201, 'no-store']);
    const { id: newId } = rotated.body as { id: string };
    const revoked = await app.http.delete(`${path}/${newId}`).set(AS_ADMIN);
    expect([revoked.status, revoked.headers['cache-control']]).toEqual([204, 'no-store']);
  });

  it.each(['Discovery_applicationsWithEndpoints', 'Discovery_openApi'])(
    'is private by %s, which stays conditional',
    async (id) => {
      const first = await send(operation(id), AS_ADMIN);
      expect(first.status).toBe(200);
      expectPrivate(first);
      const again = await send(operation(id), { ...AS_ADMIN, 'If-None-Match': String(first.headers.etag) });
      expect([again.status, again.headers.etag]).toEqual([304, first.headers.etag]);
      expectPrivate(again);
    },
  );

  it(`is ${requireKey === 'true' ? 'private' : 'public'} by GET /endpoints, which stays conditional`, async () => {
    const { apiKey } = await issueKey(app, 'orders');
    for (const headers of [AS_ADMIN, { 'X-App-Key': 'orders', 'X-API-Key': apiKey }]) {
      const ask = (more: Record<string, string> = {}): Promise<WireAnswer> =>
        send(operation('Discovery_endpoints'), { ...headers, ...more }, '?app_key=orders');
      const answers = [await ask(), await ask()];
      answers.push(await ask({ 'If-None-Match': String(answers[0]?.headers.etag) }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 304]);
      for (const answer of answers) {
        if (requireKey === 'true') expectPrivate(answer);
        else
          expect(answer.headers).toMatchObject({
            'cache-control': 'no-cache',
            vary: 'Accept-Encoding, X-Environment',
          });
      }
    }
  });

  it('is said by pages and the OpenAPI document, too', async () => {
    for (const [target, said] of [
      ['/docs', 'no-store'],
      ['/docs/swagger-ui-init.js', 'no-store'],
      ['/docs/swagger-ui.css', 'public, max-age=0'],
      ['/docs/nothing.css', 'no-store'],
      ['/openapi.json', 'no-store'],
      ['/nowhere', 'no-store'],
      ['/%', 'no-store'],
    ] as const) {
      const { headers } = await exchange(app.url, { method: 'GET', target, headers: {} });
      expect([target, headers['cache-control']]).toEqual([target, said]);
    }
  });
});

function expectPrivate({ headers }: WireAnswer): void {
  expect(headers).toMatchObject({
    'cache-control': 'private, no-cache',
    vary: ['Accept-Encoding', ...KEY_HEADERS].join(', '),
    etag: expect.any(String),
  });
}
