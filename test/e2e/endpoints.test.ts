import { endpoint, LEFT_OUT } from '../support/builders.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import {
  createRegistrant,
  discover,
  type DiscoveredEndpoint,
  register,
  type Registrant,
} from '../support/registrations.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { statementsOfChange } from '../support/statement-log.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  // Their statements would be counted as some request's.
  stopIntervals(app);
});
afterAll(() => app.close());

function rows({ environmentId }: Registrant): Promise<Record<string, unknown>[]> {
  return app.database.query(`SELECT * FROM "Endpoint" WHERE "environmentId" = $1 ORDER BY "path", "method"`, [
    environmentId,
  ]);
}

/** Registers one endpoint with these fields and gives it as it is discovered. */
async function stored(fields: Record<string, unknown>): Promise<DiscoveredEndpoint> {
  const registrant = await createRegistrant(app);
  const response = await register(app, registrant, [endpoint(fields)]);
  expect(response.body).toMatchObject({ added: 1 });
  const [only] = await discover(app, registrant);
  if (only === undefined) throw new Error('Nothing was registered');
  return only;
}

describe('the registered set', () => {
  it('becomes equal to the list: added, updated, deleted, unchanged', async () => {
    const orders = await createRegistrant(app);
    const first = await register(app, orders, [
      endpoint({ path: '/kept' }),
      endpoint({ path: '/changed' }),
      endpoint({ path: '/dropped' }),
    ]);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      added: 3,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      message: '3 endpoints registered in production: 3 added, 0 updated, 0 deleted, 0 unchanged',
    });
    await app.database.query(
      `UPDATE "Endpoint" SET "createdAt" = '2021-01-01Z', "updatedAt" = '2021-01-01Z'`,
    );
    const [changed, dropped, kept] = await discover(app, orders);

    const second = await register(app, orders, [
      endpoint({ path: '/new', method: 'POST' }),
      endpoint({ path: '/changed', description: 'Another text', requestBody: { type: 'object' } }),
      endpoint({ path: '/kept' }),
    ]);
    expect(second.status).toBe(200);
    expect(second.body).toEqual({
      added: 1,
      updated: 1,
      deleted: 1,
      unchanged: 1,
      message: '3 endpoints registered in production: 1 added, 1 updated, 1 deleted, 1 unchanged',
    });
    const after = await discover(app, orders);
    expect(after.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /changed',
      'GET /kept',
      'POST /new',
    ]);
    expect(after[0]).toEqual({
      ...changed,
      description: 'Another text',
      requestBody: { type: 'object' },
      updatedAt: expect.not.stringMatching(/^2021/),
    });
    expect(after[1]).toEqual(kept);
    expect(after[2]).toMatchObject({ createdAt: expect.not.stringMatching(/^2021/) });
    expect(after.map(({ id }) => id)).not.toContain(dropped?.id);
  });

  it('is that of one environment only', async () => {
    const one = await createRegistrant(app);
    const other = await createRegistrant(app);
    await register(app, one, [endpoint()]);
    await register(app, other, [endpoint(), endpoint({ method: 'PUT' })]);
    await register(app, one, [endpoint({ path: '/else' })]);
    expect(await discover(app, other)).toHaveLength(2);
    expect((await discover(app, one)).map(({ path }) => path)).toEqual(['/else']);
  });

  it.each([
    ['name', 'Other name'],
    ['description', null],
    ['isPublic', true],
    ['authType', 'API_KEY'],
    ['authConfig', { scopes: ['a'] }],
    ['contentType', 'application/xml'],
    ['pathParams', null],
    ['queryParams', { type: 'object' }],
    ['requestBody', { type: 'array', items: {} }],
    ['responseBody', { type: 'object', properties: { id: { type: 'integer' } } }],
  ])('counts a change of %s, and nothing else, as an update', async (field, value) => {
    const orders = await createRegistrant(app);
    await register(app, orders, [endpoint()]);
    await app.database.query(`UPDATE "Endpoint" SET "updatedAt" = '2021-01-01Z' WHERE "environmentId" = $1`, [
      orders.environmentId,
    ]);

    const same = await register(app, orders, [endpoint()]);
    expect(same.body).toMatchObject({ added: 0, updated: 0, deleted: 0, unchanged: 1 });
    expect((await discover(app, orders))[0]?.updatedAt).toBe('2021-01-01T00:00:00.000Z');

    const changed = await register(app, orders, [endpoint({ [field]: value })]);
    expect(changed.body).toMatchObject({ added: 0, updated: 1, deleted: 0, unchanged: 0 });
    const [after] = await discover(app, orders);
    expect(after).toMatchObject({ ...endpoint({ [field]: value }) });
    expect(after?.updatedAt).not.toBe('2021-01-01T00:00:00.000Z');
  });

  it('does not count another order of properties as a change, but one of list items', async () => {
    const orders = await createRegistrant(app);
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { enum: [1, 2] } },
      required: ['a', 'b'],
    };
    await register(app, orders, [endpoint({ requestBody: schema })]);
    const reordered = {
      required: ['a', 'b'],
      properties: { b: { enum: [1, 2] }, a: { type: 'string' } },
      type: 'object',
    };
    const same = await register(app, orders, [endpoint({ requestBody: reordered })]);
    expect(same.body).toMatchObject({ updated: 0, unchanged: 1 });
    const asText = await register(app, orders, [endpoint({ requestBody: JSON.stringify(schema) })]);
    expect(asText.body).toMatchObject({ updated: 0, unchanged: 1 });
    const other = await register(app, orders, [
      endpoint({ requestBody: { ...schema, required: ['b', 'a'] } }),
    ]);
    expect(other.body).toMatchObject({ updated: 1, unchanged: 0 });
  });

  it('takes another method or path for another endpoint', async () => {
    const orders = await createRegistrant(app);
    await register(app, orders, [endpoint({ path: '/a', method: 'GET' })]);
    const moved = await register(app, orders, [
      endpoint({ path: '/a', method: 'PUT' }),
      endpoint({ path: '/A' }),
    ]);
    expect(moved.body).toMatchObject({ added: 2, updated: 0, deleted: 1, unchanged: 0 });
  });
});

describe('a schema', () => {
  const schema = {
    type: 'object',
    properties: { größe: { type: 'string', enum: ['klein', '大きい', '🦣'] } },
  };

  it.each([
    ['an object', schema, schema],
    ['a string of JSON', JSON.stringify(schema), schema],
    ['a string of pretty-printed JSON', JSON.stringify(schema, null, 2), schema],
    ['a string that is no JSON', 'see the manual {', 'see the manual {'],
    ['an empty string', '', ''],
    ['a string that is a JSON number', '42', 42],
    ['a string that is a JSON boolean', 'false', false],
    ['a string that is a JSON string', '"text"', 'text'],
    ['a string that is null', 'null', null],
    ['a string that is a JSON array', '[{"type":"string"}, null, 1]', [{ type: 'string' }, null, 1]],
    ['an empty object', {}, {}],
    [
      'an object with nested null',
      { default: null, enum: [null, 'a'] },
      { default: null, enum: [null, 'a'] },
    ],
    ['null', null, null],
    ['left out', undefined, null],
  ])('may be %s', async (_, sent, expected) => {
    const fields = Object.fromEntries(
      ['authConfig', 'pathParams', 'queryParams', 'requestBody', 'responseBody'].map((field) => [
        field,
        sent,
      ]),
    );
    const found = await stored(fields);
    for (const field of Object.keys(fields)) expect(found[field]).toEqual(expected);
  });

  it('keeps its properties in their order', async () => {
    const { requestBody } = await stored({ requestBody: '{"z":1,"a":{"y":2,"b":3}}' });
    expect(JSON.stringify(requestBody)).toBe('{"z":1,"a":{"y":2,"b":3}}');
  });

  it.each([
    [5, '#/endpoints/0/requestBody'],
    [true, '#/endpoints/0/requestBody'],
    [[], '#/endpoints/0/requestBody'],
    [[{ type: 'string' }], '#/endpoints/0/requestBody'],
    [{ enum: ['a\u0000b'] }, '#/endpoints/0/requestBody/enum/0'],
    ['{"a":"\\u0000"}', '#/endpoints/0/requestBody'],
    [nested(101), undefined],
    [JSON.stringify(nested(101)), '#/endpoints/0/requestBody'],
  ])('may not be %j', async (requestBody, pointer) => {
    const orders = await createRegistrant(app);
    const response = await register(app, orders, [endpoint({ requestBody })]);
    expectProblem(response, 400, 'invalid-input');
    if (pointer !== undefined) expectInvalid(response, pointer);
    expect(await rows(orders)).toEqual([]);
  });

  function nested(depth: number): unknown {
    return depth === 0 ? 'deep' : { items: nested(depth - 1) };
  }
});

describe('an endpoint', () => {
  it('is discovered as it was registered, with what the registry adds', async () => {
    const orders = await createRegistrant(app);
    const sent = endpoint({
      authConfig: { scopes: ['orders:read'] },
      contentType: 'application/json',
      queryParams: {},
    });
    await register(app, orders, [sent]);
    const [found] = await discover(app, orders);
    expect(found).toEqual({
      ...LEFT_OUT,
      ...sent,
      id: expect.any(String),
      applicationId: expect.any(String),
      environmentId: orders.environmentId,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: found?.createdAt,
    });
  });

  it('needs no more than name, path and method', async () => {
    const orders = await createRegistrant(app);
    await register(app, orders, [{ name: 'Ping', path: '/', method: 'get' }]);
    expect(await discover(app, orders)).toEqual([
      expect.objectContaining({
        name: 'Ping',
        path: '/',
        method: 'GET',
        description: null,
        isPublic: false,
        authType: null,
        authConfig: null,
        contentType: null,
        pathParams: null,
        queryParams: null,
        requestBody: null,
        responseBody: null,
      }),
    ]);
  });

  it.each(['get', 'Post', 'pUT', 'patch', 'DELETE', 'head', 'options', 'trace'])(
    'stores the method %s in upper case',
    async (method) => {
      expect((await stored({ method })).method).toBe(method.toUpperCase());
    },
  );

  it('takes null for false and empty texts for null, and ignores fields it does not know', async () => {
    const found = await stored({
      description: '',
      authType: '',
      contentType: '',
      isPublic: null,
      deprecated: null,
      tags: [],
      operationId: '',
      summary: 'Unknown',
      id: 'mine',
      environmentId: 'elsewhere',
    });
    expect(found).toMatchObject({
      ...{ description: '', authType: null, contentType: null, isPublic: false },
      ...{ deprecated: false, tags: null, operationId: null },
    });
    expect(found).not.toHaveProperty('summary');
    expect(found.id).not.toBe('mine');
    expect(found.environmentId).not.toBe('elsewhere');
  });

  it('takes text of every script and large descriptions', async () => {
    const fields = {
      name: '注文を取得する – Bestellung ändern 🛒',
      path: '/заказы/{номер}/größe/😀',
      description: '説明 🙂 '.repeat(3333),
    };
    expect(await stored(fields)).toMatchObject(fields);
  });

  it('has everything that a call needs', async () => {
    const fields = {
      operationId: 'searchOrders',
      tags: ['orders', 'search'],
      deprecated: true,
      headerParams: {
        type: 'object',
        properties: { 'X-Tenant': { type: 'string' } },
        required: ['X-Tenant'],
      },
      cookieParams: { type: 'object', properties: { session: { type: 'string' } } },
      parameterStyles: {
        query: { filter: { style: 'deepObject', explode: true }, ids: { style: 'pipeDelimited' } },
        path: { orderId: { style: 'matrix' } },
        header: { 'X-Tenant': { contentType: 'application/json' } },
      },
      requestBodyRequired: true,
      responseContentType: 'application/vnd.orders+json',
      baseUrl: 'https://search.example.com:8443',
      keywords: ['find orders', 'Wo ist mein Paket?'],
    };
    expect(await stored(fields)).toMatchObject(fields);
  });

  it('is given the leading slash that its path lacks', async () => {
    expect(await stored({ path: 'orders/{orderId}' })).toMatchObject({ path: '/orders/{orderId}' });
  });

  it('has a text of a list once', async () => {
    expect(await stored({ tags: ['b', 'a', 'b'] })).toMatchObject({ tags: ['b', 'a'] });
  });

  it('may have a path as long as the longest allowed, in any script', async () => {
    const path = `/${'語'.repeat(599)}`;
    expect(await stored({ path })).toMatchObject({ path });
  });

  it.each([
    ['name', undefined],
    ['name', ''],
    ['name', 'x'.repeat(256)],
    ['path', undefined],
    ['path', '//orders.example.com/orders'],
    ['path', 'https://orders.example.com/orders'],
    ['path', '/orders/{orderId'],
    ['path', '/orders/orderId}'],
    ['path', '/orders/{}'],
    ['path', '/line\nfeed'],
    ['path', ''],
    ['path', `/${'x'.repeat(600)}`],
    ['path', '/lone\ud800surrogate'],
    ['method', undefined],
    ['method', 'FETCH'],
    ['method', 7],
    ['description', 'x'.repeat(20_001)],
    ['isPublic', 'maybe'],
    ['authType', {}],
    ['operationId', 'x'.repeat(256)],
    ['tags', 'orders'],
    ['tags', { orders: true }],
    ['tags', ['']],
    ['tags', Array.from({ length: 101 }, (_, number) => `tag ${number}`)],
    ['keywords', ['x'.repeat(201)]],
    ['keywords', [7]],
    ['headerParams', []],
    ['parameterStyles', { body: {} }],
    ['parameterStyles', { query: { filter: { style: 1 } } }],
    ['parameterStyles', { query: { filter: { colour: 'red' } } }],
    ['requestBodyRequired', 'sometimes'],
    ['baseUrl', 'uploads.example.com'],
    ['baseUrl', 'ftp://uploads.example.com'],
    ['baseUrl', 'https://uploads.example.com/v1'],
    ['baseUrl', 'https://user@uploads.example.com'],
  ])('may not have %s: %j', async (field, value) => {
    const orders = await createRegistrant(app);
    expectInvalid(
      await register(app, orders, [endpoint({ path: '/fine' }), endpoint({ [field]: value })]),
      `#/endpoints/1/${field}`,
    );
    expect(await rows(orders)).toEqual([]);
  });
});

describe('a batch', () => {
  it.each([
    ['an empty list', [], '#/endpoints'],
    ['null', null, '#/endpoints'],
    ['no list', undefined, '#/endpoints'],
    ['an object', { 0: endpoint() }, '#/endpoints'],
    ['a list of texts', ['GET /orders'], '#/endpoints/0'],
    ['a list with null', [endpoint(), null], '#/endpoints/1'],
  ])('may not be %s', async (_, endpoints, pointer) => {
    const orders = await createRegistrant(app);
    await register(app, orders, [endpoint()]);
    expectInvalid(await register(app, orders, endpoints), pointer);
    expect(await rows(orders)).toHaveLength(1);
  });

  it('may not name an operation twice, whatever the case of its method', async () => {
    const orders = await createRegistrant(app);
    const response = await register(app, orders, [
      endpoint({ path: '/a', method: 'get' }),
      endpoint({ path: '/b' }),
      endpoint({ path: '/a', method: 'GET', name: 'Again' }),
    ]);
    expectInvalid(response, '#/endpoints/2');
    expect(response.body).toMatchObject({
      errors: [{ pointer: '#/endpoints/2', detail: expect.stringContaining('GET /a') }],
    });
    expect(await rows(orders)).toEqual([]);
  });

  it('is refused whole, with every mistake named', async () => {
    const orders = await createRegistrant(app);
    expectInvalid(
      await register(app, orders, [
        endpoint({ name: '' }),
        endpoint({ path: '/fine' }),
        endpoint({ path: '/{', method: 'NONE' }),
      ]),
      '#/endpoints/0/name',
      '#/endpoints/2/path',
      '#/endpoints/2/method',
    );
    expect(await rows(orders)).toEqual([]);
  });

  it('may not have an operationId twice', async () => {
    const orders = await createRegistrant(app);
    const response = await register(app, orders, [
      endpoint({ path: '/a', operationId: 'same' }),
      endpoint({ path: '/b' }),
      endpoint({ path: '/c', operationId: 'same' }),
    ]);
    expectInvalid(response, '#/endpoints/2/operationId');
    expect(response.body).toMatchObject({
      errors: [{ detail: 'must not repeat "same" of #/endpoints/0' }],
    });
  });

  it('may exchange the operationIds of its endpoints', async () => {
    const orders = await createRegistrant(app);
    const batch = (one: string, other: string): object[] => [
      endpoint({ path: '/a', operationId: one }),
      endpoint({ path: '/b', operationId: other }),
    ];
    await register(app, orders, batch('one', 'other'));
    expect((await register(app, orders, batch('other', 'one'))).body).toMatchObject({ updated: 2 });
    expect(await discover(app, orders)).toMatchObject([{ operationId: 'other' }, { operationId: 'one' }]);
  });

  it('says which of the fields changed, whatever their kind', async () => {
    const orders = await createRegistrant(app);
    await register(app, orders, [endpoint({ tags: ['a', 'b'], parameterStyles: {}, keywords: ['x'] })]);
    const changed = endpoint({
      tags: ['b', 'a'],
      deprecated: true,
      baseUrl: 'https://b.example',
      keywords: ['x'],
    });
    expect((await register(app, orders, [changed], { query: { dryRun: 'true' } })).body).toMatchObject({
      changes: [{ change: 'updated', fields: ['deprecated', 'baseUrl', 'tags', 'parameterStyles'] }],
    });
  });

  describe('is told', () => {
    const warned = async (...endpoints: object[]): Promise<unknown> => {
      const orders = await createRegistrant(app);
      const response = await register(app, orders, endpoints);
      return (response.body as { warnings?: unknown }).warnings;
    };

    it('nothing when nothing is odd', async () => {
      expect(await warned(endpoint())).toBeUndefined();
    });

    it('of paths that differ in the names of their parameters only', async () => {
      expect(
        await warned(
          endpoint({ path: '/orders/{id}', pathParams: null }),
          endpoint({ path: '/orders/{orderId}', method: 'PUT' }),
          endpoint({ path: '/orders/{id}', pathParams: null, method: 'DELETE' }),
        ),
      ).toEqual([
        { pointer: '#/endpoints/1/path', detail: 'is equivalent to /orders/{id} of #/endpoints/0' },
      ]);
    });

    it.each([
      [
        'path parameters that the path does not have',
        { path: '/orders', pathParams: { type: 'object', properties: { orderId: {} } } },
        ['pathParams/properties/orderId', 'is not a parameter of the path /orders'],
      ],
      [
        'types that JSON Schema does not know',
        { requestBody: { type: 'object', properties: { total: { type: 'decimal' } } } },
        [
          'requestBody/properties/total/type',
          'is "decimal"; JSON Schema has object, array, string, number, integer, boolean, null',
        ],
      ],
      [
        'lists in place of schemas',
        { responseBody: { properties: { 'a/b': [] } } },
        ['responseBody/properties/a~1b', 'must be a JSON Schema: an object, true or false'],
      ],
      [
        'a list that is not one',
        { responseBody: { type: 'object', required: true } },
        ['responseBody/required', 'must be a list of property names'],
      ],
      [
        'references that lead nowhere',
        { responseBody: { items: { $ref: '#/$defs/Order' } } },
        ['responseBody/items/%24ref', 'refers to "#/$defs/Order", which does not exist'],
      ],
      [
        'a description that is too short',
        { description: 'Order' },
        ['description', 'is too short: agents choose an operation by its description'],
      ],
    ])('of %s', async (_, fields, [place, detail]) => {
      expect(await warned(endpoint(fields))).toEqual([{ pointer: `#/endpoints/0/${place}`, detail }]);
    });

    it('nothing of maps of parameters, as clients of the reference registry send them', async () => {
      expect(
        await warned(
          endpoint({
            pathParams: { orderId: 'String' },
            queryParams: { page: { type: 'int', required: true }, from: 'LocalDate' },
          }),
        ),
      ).toBeUndefined();
    });

    it('what is odd about changes only', async () => {
      const orders = await createRegistrant(app);
      const odd = endpoint({ description: 'Order' });
      expect((await register(app, orders, [odd])).body).toHaveProperty('warnings');
      expect((await register(app, orders, [odd])).body).not.toHaveProperty('warnings');
    });

    it('a hundred warnings at most', async () => {
      const many = Array.from({ length: 101 }, (_, n) =>
        endpoint({ path: `/${n}`, description: 'x', pathParams: null }),
      );
      expect(await warned(...many)).toHaveLength(100);
    });
  });

  it('names at most a hundred mistakes', async () => {
    const orders = await createRegistrant(app);
    const response = await register(
      app,
      orders,
      Array.from({ length: 300 }, () => ({})),
    );
    expectProblem(response, 400, 'invalid-input');
    expect((response.body as { errors: unknown[] }).errors).toHaveLength(100);
  });

  it('must be for the application of X-App-Key', async () => {
    const orders = await createRegistrant(app);
    const other = await createRegistrant(app);
    const response = await register(app, orders, [endpoint()], { more: { app_key: other.appKey } });
    expectInvalid(response, '#/app_key');
    expect(await rows(other)).toEqual([]);
  });

  it('may not contradict its X-Environment', async () => {
    const orders = await createRegistrant(app, 'staging');
    const contradicting = { ...orders, headers: { ...orders.headers, 'X-Environment': 'production' } };
    expectInvalid(await register(app, contradicting, [endpoint()]), '#/environment');
    // Nothing said in the body means production, which this header contradicts.
    const silent = { ...orders, headers: { ...orders.headers, 'X-Environment': 'staging' } };
    expectInvalid(
      await register(app, silent, [endpoint()], { more: { environment: undefined } }),
      '#/environment',
    );
    const agreeing = await register(app, silent, [endpoint()]);
    expect(agreeing.body).toMatchObject({ added: 1, message: expect.stringContaining('in staging') });
  });

  it('is for production when it says nothing', async () => {
    const orders = await createRegistrant(app);
    for (const environment of [undefined, null, '']) {
      const response = await register(app, orders, [endpoint()], { more: { environment } });
      expect(response.status).toBe(200);
    }
    expect(await rows(orders)).toHaveLength(1);
  });

  it('needs a key of the environment it is for', async () => {
    const staging = await createRegistrant(app, 'staging');
    const response = await register(app, staging, [endpoint()], { more: { environment: 'production' } });
    expectProblem(response, 403, 'other-environment');
    expect(response.headers['www-authenticate']).toBeUndefined();
  });

  it('may hold five thousand endpoints', async () => {
    const orders = await createRegistrant(app);
    const endpoints = Array.from({ length: 5000 }, (_, n) =>
      endpoint({ path: `/orders/${n}`, name: `Order ${n}` }),
    );
    expect((await register(app, orders, endpoints)).body).toMatchObject({ added: 5000 });
    expect((await register(app, orders, endpoints)).body).toMatchObject({ unchanged: 5000, updated: 0 });
    const half = endpoints.slice(2500).map((each) => ({ ...each, description: 'New' }));
    expect((await register(app, orders, half)).body).toMatchObject({
      updated: 2500,
      deleted: 2500,
      added: 0,
    });
    const found = await discover(app, orders);
    expect(found).toHaveLength(2500);
    expect(found.every(({ description }) => description === 'New')).toBe(true);
  });

  it('may not hold more than five thousand', async () => {
    const orders = await createRegistrant(app);
    const response = await register(
      app,
      orders,
      Array.from({ length: 5001 }, (_, n) => ({ path: `/${n}` })),
    );
    expectProblem(response, 413, 'too-many-endpoints');
    expect(response.body).toMatchObject({ detail: expect.stringMatching(/5001.*5000/) });
  });

  it('costs the same number of statements whatever its size', async () => {
    const costs: number[][] = [];
    for (const size of [1, 60, 700]) {
      const orders = await createRegistrant(app);
      const batch = (text: string): unknown[] =>
        Array.from({ length: size }, (_, n) => endpoint({ path: `/${n}`, description: text }));
      const cost = async (endpoints: unknown[]): Promise<number> =>
        (await statementsOfChange(app, () => register(app, orders, endpoints))).length;
      costs.push([
        await cost(batch('new')),
        await cost(batch('new')),
        await cost(batch('changed')),
        await cost([endpoint({ path: '/only' })]),
      ]);
    }
    expect(costs[0]?.every((cost) => cost > 0)).toBe(true);
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
  });
});

describe('a dry run', () => {
  it('answers counts and changes and writes nothing', async () => {
    const orders = await createRegistrant(app);
    await register(app, orders, [
      endpoint({ path: '/kept' }),
      endpoint({ path: '/changed' }),
      endpoint({ path: '/dropped', method: 'DELETE' }),
    ]);
    const before = await rows(orders);
    const entries = `SELECT count(*) FROM "AuditLog" WHERE "environmentId" = $1`;
    const recorded = await app.database.query(entries, [orders.environmentId]);

    const batch = [
      endpoint({ path: '/kept' }),
      endpoint({ path: '/changed', name: 'Other', responseBody: null }),
      endpoint({ path: '/new', method: 'post' }),
    ];
    const response = await register(app, orders, batch, { query: { dryRun: 'true' } });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      added: 1,
      updated: 1,
      deleted: 1,
      unchanged: 1,
      message: '3 endpoints would be registered in production: 1 added, 1 updated, 1 deleted, 1 unchanged',
      changes: expect.any(Array),
    });
    const { changes } = response.body as { changes: unknown[] };
    expect(changes).toHaveLength(3);
    expect(changes).toEqual(
      expect.arrayContaining([
        { change: 'added', method: 'POST', path: '/new' },
        { change: 'updated', method: 'GET', path: '/changed', fields: ['name', 'responseBody'] },
        { change: 'deleted', method: 'DELETE', path: '/dropped' },
      ]),
    );
    expect(await rows(orders)).toEqual(before);
    expect(await app.database.query(entries, [orders.environmentId])).toEqual(recorded);

    const { changes: _, message: __, ...counts } = response.body as Record<string, unknown>;
    const real = await register(app, orders, batch, { query: { dryRun: 'false' } });
    expect(real.body).toMatchObject(counts);
    expect(real.body).not.toHaveProperty('changes');
  });

  it('refuses what the real run refuses', async () => {
    const orders = await createRegistrant(app);
    const query = { dryRun: 'true' };
    expectInvalid(await register(app, orders, [], { query }), '#/endpoints');
    expectInvalid(await register(app, orders, [endpoint(), endpoint()], { query }), '#/endpoints/1');
    expectInvalid(await register(app, orders, [endpoint()], { query: { dryRun: 'perhaps' } }), '#/dryRun');
    expect(await rows(orders)).toEqual([]);
  });
});

describe('the limits of a batch', () => {
  let limited: TestApp;
  let orders: Registrant;

  beforeAll(async () => {
    limited = await startApp({ BATCH_MAX_ENDPOINTS: '3', BATCH_MAX_BYTES: '4096' });
    orders = await createRegistrant(limited);
  });
  afterAll(() => limited.close());

  const small = (count: number): unknown[] =>
    Array.from({ length: count }, (_, n) => ({ name: 'Small', path: `/${n}`, method: 'GET' }));

  it('are those of BATCH_MAX_ENDPOINTS', async () => {
    expect((await register(limited, orders, small(3))).status).toBe(200);
    expectProblem(await register(limited, orders, small(4)), 413, 'too-many-endpoints');
    expect(await discover(limited, orders)).toHaveLength(3);
  });

  it('are those of BATCH_MAX_BYTES', async () => {
    const response = await register(limited, orders, [endpoint({ description: 'x'.repeat(4096) })]);
    expect(response.status).toBe(413);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ status: 413, instance: '/register/endpoints' });
    expect(await discover(limited, orders)).toHaveLength(3);
  });
});
