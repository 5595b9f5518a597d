import { isDeepStrictEqual } from 'node:util';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Response } from 'supertest';
import { endpoint } from '../support/builders.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { expectInvalid } from '../support/problems.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const LINE = { type: 'object', properties: { order: { $ref: '#/$defs/Order' }, count: { type: 'integer' } } };
const ORDER = { type: 'object', properties: { lines: { type: 'array', items: { $ref: '#/$defs/Line' } } } };
const UNUSED = { type: 'string', format: 'uuid' };
const DEFINITIONS = { Order: ORDER, Line: LINE, Unused: UNUSED };
const ENDPOINTS = [
  endpoint({ path: '/orders', responseBody: { type: 'array', items: { $ref: '#/$defs/Order' } } }),
  endpoint({ path: '/status', responseBody: { type: 'object' } }),
];

describe('definitions that endpoints share', () => {
  let app: TestApp;
  let orders: Registrant;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    orders = await createRegistrant(app);
  });

  const send = async (definitions: unknown, endpoints: unknown = ENDPOINTS, query = {}): Promise<unknown> => {
    const response = await register(app, orders, endpoints, { more: { definitions }, query });
    expect(response.status).toBe(200);
    return response.body;
  };
  const discovered = async (query = {}): Promise<Record<string, unknown>> => {
    const { body } = (await app.http
      .get('/endpoints')
      .query({ app_key: orders.appKey, environment: orders.environment, ...query })
      .expect(200)) as { body: unknown };
    return body as Record<string, unknown>;
  };

  it('are counted, and changed when they differ in meaning', async () => {
    expect(await send(DEFINITIONS)).toMatchObject({
      definitions: { added: 3, updated: 0, deleted: 0, unchanged: 0 },
    });
    const reordered = { Order: { properties: ORDER.properties, type: 'object' }, Line: { type: 'object' } };
    expect(await send(reordered, ENDPOINTS, { dryRun: 'true' })).toMatchObject({
      ...{ unchanged: 2, definitions: { added: 0, updated: 1, deleted: 1, unchanged: 1 } },
      definitionChanges: [
        { change: 'deleted', name: 'Unused' },
        { change: 'updated', name: 'Line' },
      ],
    });
    expect((await discovered({ definitions: 'shared' })).definitions).toEqual(DEFINITIONS);
    await send(reordered);
    expect((await discovered({ definitions: 'shared' })).definitions).toEqual(reordered);
  });

  it('are the whole set: a batch without them removes them', async () => {
    await send(DEFINITIONS);
    expect(await send(undefined)).toMatchObject({
      definitions: { added: 0, updated: 0, deleted: 3, unchanged: 0 },
    });
    expect(await send(undefined)).not.toHaveProperty('definitions');
    const rows = await app.database.query('SELECT 1 FROM "Definition" WHERE "environmentId" = $1', [
      orders.environmentId,
    ]);
    expect(rows).toEqual([]);
  });

  it('are in every schema that needs them, with those that they need', async () => {
    await send(DEFINITIONS);
    const { endpoints, ...rest } = await discovered();
    expect(rest).not.toHaveProperty('definitions');
    expect(endpoints).toMatchObject([
      { responseBody: { ...(ENDPOINTS[0]?.responseBody as object), $defs: { Order: ORDER, Line: LINE } } },
      { responseBody: { type: 'object' } },
    ]);
    expect(JSON.stringify(endpoints)).not.toContain('uuid');
  });

  it('do not replace the definitions that a schema has itself', async () => {
    const own = { items: { $ref: '#/$defs/Order' }, $defs: { Order: { type: 'string' } } };
    await send(DEFINITIONS, [endpoint({ responseBody: own })]);
    expect((await discovered()).endpoints).toMatchObject([{ responseBody: own }]);
    expect(JSON.stringify((await discovered()).endpoints)).not.toContain('Line');
  });

  it('are given once where that is asked for', async () => {
    await send(DEFINITIONS);
    const shared = await discovered({ definitions: 'shared' });
    expect(shared.definitions).toEqual(DEFINITIONS);
    expect(shared.endpoints).toMatchObject([{ responseBody: ENDPOINTS[0]?.responseBody }, {}]);
  });

  it('make no difference to an environment without them', async () => {
    await send(undefined);
    const plain = await discovered();
    expect(await discovered({ definitions: 'self-contained' })).toEqual(plain);
    expect(await discovered({ definitions: 'shared' })).toEqual({ ...plain, definitions: {} });
  });

  it('change the entity tag, also when they are changed by psql', async () => {
    await send(DEFINITIONS);
    const tag = async (): Promise<string> => {
      const { headers } = await app.http
        .get('/endpoints')
        .query({ app_key: orders.appKey, environment: orders.environment });
      return headers.etag ?? '';
    };
    const before = await tag();
    expect(await tag()).toBe(before);
    await send({ ...DEFINITIONS, Line: { type: 'object', title: 'Line' } });
    expect(await tag()).not.toBe(before);
  });

  it('are in the list of applications as well', async () => {
    await send(DEFINITIONS);
    const { body } = (await app.http
      .get('/applications/with-endpoints')
      .query({ environment: orders.environment })
      .set(AS_ADMIN)
      .expect(200)) as { body: unknown };
    const found = (body as { appKey: string; endpoints: unknown[] }[]).find(
      ({ appKey }) => appKey === orders.appKey,
    );
    expect(found?.endpoints).toMatchObject([{ responseBody: { $defs: { Order: ORDER, Line: LINE } } }, {}]);
  });

  describe('that make a response many times larger', () => {
    const COUNT = 60;
    const LARGE = {
      Large: {
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: 3000 }, (_, n) => [
            `property ${n}`,
            { type: 'string', title: 'x'.repeat(80) },
          ]),
        ),
      },
    };
    const many = Array.from({ length: COUNT }, (_, n) =>
      endpoint({ path: `/${n}`, responseBody: { items: { $ref: '#/$defs/Large' } } }),
    );
    const expectWhole = (endpoints: unknown): void => {
      const found = endpoints as { responseBody: { $defs: unknown } }[];
      expect(found).toHaveLength(COUNT);
      expect(found.every(({ responseBody }) => isDeepStrictEqual(responseBody.$defs, LARGE))).toBe(true);
    };

    it('are streamed, in GET /endpoints', async () => {
      await send(LARGE, many);
      const response = await app.http
        .get('/endpoints')
        .query({ app_key: orders.appKey, environment: orders.environment })
        .expect(200);
      expect(response.headers).not.toHaveProperty('etag');
      expectWhole((response.body as { endpoints: unknown }).endpoints);
    });

    it('are streamed, in pages of applications with the link to the next one', async () => {
      await send(LARGE, many);
      const found: { appKey: string; endpoints: unknown }[] = [];
      let path: string | undefined = `/applications/with-endpoints?environment=${orders.environment}&limit=1`;
      while (path !== undefined) {
        const response: Response = await app.http.get(path).set(AS_ADMIN).expect(200);
        found.push(...(response.body as typeof found));
        path = /<([^>]*)>; rel="next"/.exec(response.headers.link ?? '')?.[1];
      }
      const own = found.filter(({ appKey }) => appKey === orders.appKey);
      expect(own).toHaveLength(1);
      expectWhole(own[0]?.endpoints);
      const whole: Response = await app.http
        .get('/applications/with-endpoints')
        .query({ environment: orders.environment })
        .set(AS_ADMIN)
        .expect(200);
      expect((whole.body as typeof found).map(({ appKey }) => appKey)).toEqual(
        found.map(({ appKey }) => appKey),
      );
    });
  });

  it('are components of the exported document, which is valid', async () => {
    await send(DEFINITIONS);
    const { body } = (await app.http
      .get(`/applications/${orders.appKey}/environments/${orders.environment}/openapi.json`)
      .set(AS_ADMIN)
      .expect(200)) as { body: unknown };
    expect(body).toMatchObject({
      components: {
        schemas: {
          Order: { properties: { lines: { items: { $ref: '#/components/schemas/Line' } } } },
          Line: { properties: { order: { $ref: '#/components/schemas/Order' } } },
          Unused: UNUSED,
        },
      },
    });
    expect(body).not.toHaveProperty('x-mcp-registry');
    expect(JSON.stringify((body as { paths: object }).paths)).toContain('#/components/schemas/Order');
    expect(await new Validator().validate(body as Record<string, unknown>)).toEqual({ valid: true });
  });

  it('are audited with what they were', async () => {
    await send(DEFINITIONS);
    await send({ Order: ORDER, Line: { type: 'object' } });
    const { body } = (await app.http
      .get('/audit-logs')
      .query({ app_key: orders.appKey, action: 'endpoints.registered' })
      .set(AS_ADMIN)) as { body: unknown };
    expect(body).toMatchObject([
      {
        before: { definitions: { updated: { Line: LINE }, deleted: { Unused: UNUSED } } },
        after: { definitions: { added: [], updated: { Line: { type: 'object' } } } },
      },
      { after: { definitions: { added: ['Order', 'Line', 'Unused'] } } },
    ]);
  });

  it.each([
    ['a list', [], ''],
    ['a text', 'Order', ''],
    ['a name with a space', { 'My Order': {} }, '/My%20Order'],
    ['an empty name', { '': {} }, '/'],
    ['a list as schema', { Order: [] }, '/Order'],
    ['a number as schema', { Order: 1 }, '/Order'],
  ])('may not be %s', async (_, definitions, place) => {
    expectInvalid(await register(app, orders, ENDPOINTS, { more: { definitions } }), `#/definitions${place}`);
  });

  it('may be called as a member of every object of JavaScript', async () => {
    const text = '{"__proto__": {"type": "object"}, "constructor": true}';
    const endpoints = JSON.stringify([endpoint({ responseBody: { items: { $ref: '#/$defs/__proto__' } } })]);
    const response = await app.http
      .post('/register/endpoints')
      .set(orders.headers)
      .type('json')
      .send(
        `{"app_key": "${orders.appKey}", "environment": "${orders.environment}", "definitions": ${text}, "endpoints": ${endpoints}}`,
      );
    expect(response.body).toMatchObject({ definitions: { added: 2 } });
    expect(response.body).not.toHaveProperty('warnings');
    const { text: answer } = await app.http
      .get('/endpoints')
      .query({ app_key: orders.appKey, environment: orders.environment });
    expect(answer).toContain('"$defs":{"__proto__":{"type":"object"}}');
  });
});
