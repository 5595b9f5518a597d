import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createRegistrant, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const FIELDS = ['authConfig', 'pathParams', 'queryParams', 'requestBody', 'responseBody'];
/** Beyond what a double can tell from its neighbours. */
const BOUNDS = '{"minimum":-9223372036854775808,"maximum":9223372036854775807}';

function expectFault({ status, body }: WireAnswer, pointer: string, detail: string): void {
  const { errors } = JSON.parse(body) as { errors: unknown };
  expect({ status, errors }).toEqual({ status: 400, errors: [{ pointer, detail }] });
}

describe('numbers of registered JSON', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  /** Registers one endpoint whose JSON fields have this text, as it is. */
  async function register({ appKey, headers }: Registrant, json: string): Promise<WireAnswer> {
    const fields = FIELDS.map((field) => `"${field}":${json}`).join(',');
    return exchange(app.url, {
      method: 'POST',
      target: '/register/endpoints',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: `{"app_key":"${appKey}","endpoints":[{"name":"a","path":"/a","method":"GET",${fields}}]}`,
    });
  }

  async function read(target: string): Promise<string> {
    const answer = await exchange(app.url, { method: 'GET', target, headers: AS_ADMIN });
    expect(answer.status).toBe(200);
    return answer.body;
  }

  it.each([
    ['as objects', BOUNDS],
    ['as strings of JSON', JSON.stringify(BOUNDS)],
    ['as pretty-printed strings', JSON.stringify(BOUNDS.replaceAll(',', ' ,\n '))],
  ])('given %s keep their digits wherever they are shown', async (_, json) => {
    const orders = await createRegistrant(app);
    expect(JSON.parse((await register(orders, json)).body)).toMatchObject({ added: 1 });
    const endpoints = await read(`/endpoints?app_key=${orders.appKey}`);
    for (const field of FIELDS) expect(endpoints).toContain(`"${field}":${BOUNDS}`);
    const list = await read('/applications/with-endpoints');
    for (const field of FIELDS) expect(list).toContain(`"${field}":${BOUNDS}`);
    const document = await read(`/applications/${orders.appKey}/environments/production/openapi.json`);
    expect(document).toContain(`"requestBody":{"content":{"application/json":{"schema":${BOUNDS}}}}`);
    // What OpenAPI has no place for is there as text.
    expect(document).toContain(`"authConfig":${JSON.stringify(BOUNDS)}`);
  });

  it('count as changed with their last digit, which the audit trail has before and after', async () => {
    const orders = await createRegistrant(app);
    await register(orders, BOUNDS);
    expect(JSON.parse((await register(orders, BOUNDS)).body)).toMatchObject({ updated: 0, unchanged: 1 });
    const other = BOUNDS.replace('807}', '806}');
    expect(JSON.parse((await register(orders, other)).body)).toMatchObject({ updated: 1, unchanged: 0 });
    expect(JSON.parse((await register(orders, JSON.stringify(other))).body)).toMatchObject({ unchanged: 1 });
    const trail = await read(`/audit-logs?app_key=${orders.appKey}&action=endpoints.registered&limit=1`);
    for (const field of FIELDS) {
      expect(trail).toContain(`"${field}":${BOUNDS}`);
      expect(trail).toContain(`"${field}":${other}`);
    }
  });

  it.each(['1.50', '-0', '1e-400', '1e-9999', '4.9E-324', `0.${'1'.repeat(998)}`, '1'.repeat(300)])(
    '%s is kept as it was written',
    async (number) => {
      const orders = await createRegistrant(app);
      const schema = `{"const":${number}}`;
      expect(JSON.parse((await register(orders, schema)).body)).toMatchObject({ added: 1 });
      expect(await read(`/endpoints?app_key=${orders.appKey}`)).toContain(`"requestBody":${schema}`);
      expect(JSON.parse((await register(orders, schema)).body)).toMatchObject({ unchanged: 1 });
      const other = `{"const":${number.replace(/\d(?=$|[eE])/, (digit) => String((Number(digit) + 1) % 10))}}`;
      expect(JSON.parse((await register(orders, other)).body)).toMatchObject({ updated: 1 });
    },
  );

  it('that are written otherwise are the same', async () => {
    const orders = await createRegistrant(app);
    await register(orders, '{"const":[1.5,100,0]}');
    const again = await register(orders, '{"const":[1.50,1e2,-0.0]}');
    expect(JSON.parse(again.body)).toMatchObject({ updated: 0, unchanged: 1 });
  });

  it.each([
    ['1e400', 'must be a number below 1e308'],
    ['1e-10000', 'must be a number with an exponent of at most 4 digits'],
    ['1'.repeat(1001), 'must be a number of at most 1000 characters'],
  ])('that cannot be kept are refused, not changed: %s', async (number, detail) => {
    const orders = await createRegistrant(app);
    const pointer = '#/endpoints/0/authConfig';
    expectFault(await register(orders, `{"const":${number}}`), `${pointer}/const`, detail);
    expectFault(
      await register(orders, JSON.stringify(`{"const":${number}}`)),
      pointer,
      `is a string of JSON whose #/const ${detail}`,
    );
    expect(await read(`/endpoints?app_key=${orders.appKey}`)).toContain('"endpoints":[]');
  });

  it('and properties called __proto__ are data', async () => {
    const orders = await createRegistrant(app);
    const schema = '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}';
    expect(JSON.parse((await register(orders, schema)).body)).toMatchObject({ added: 1 });
    expect(await read(`/endpoints?app_key=${orders.appKey}`)).toContain(`"requestBody":${schema}`);
    const document = await read(`/applications/${orders.appKey}/environments/production/openapi.json`);
    expect(document).toContain(`"schema":${schema}`);
    const changed = schema.replace('"string"', '"integer"');
    expect(JSON.parse((await register(orders, changed)).body)).toMatchObject({ updated: 1 });
    const trail = await read(`/audit-logs?app_key=${orders.appKey}&action=endpoints.registered&limit=1`);
    expect(trail).toContain(`"requestBody":${schema}`);
    expect(({} as { type?: unknown }).type).toBeUndefined();
  });
});
