import { gzipSync } from 'node:zlib';
import { AnswerContract } from '../support/answer-contract.js';
import { asApplication, createApplication, endpoint, issueKey } from '../support/builders.js';
import { exchange, type WireAnswer, type WireRequest } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { documentOf } from '../support/openapi-operations.js';
import { rawExchange } from '../support/raw-connection.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('problem documents', () => {
  let app: TestApp;
  let contract: AnswerContract;

  beforeAll(async () => {
    app = await startApp();
    contract = new AnswerContract(await documentOf(app));
  });
  afterAll(() => app.close());

  /** Sends a request as the operator and gives the answer; an error must be a flawless problem document. */
  async function send(request: Partial<WireRequest>): Promise<WireAnswer> {
    const whole = { method: 'GET', target: '/', ...request, headers: { ...AS_ADMIN, ...request.headers } };
    const answer = await exchange(app.url, whole);
    expect(contract.faults(whole, answer)).toEqual([]);
    return answer;
  }

  function post(
    target: string,
    body: WireRequest['body'],
    headers: WireRequest['headers'] = JSON_TYPE,
  ): Promise<WireAnswer> {
    return send({ method: 'POST', target, body, headers });
  }

  describe('routes', () => {
    it.each([
      ['GET', '/'],
      ['GET', '/nowhere'],
      ['GET', '//health'],
      ['GET', '/Applications'],
      ['GET', '/applications/orders/nowhere'],
      ['GET', '/docs/nothing.css'],
      ['GET', '/docs/..%2f..%2fpackage.json'],
      ['PUT', '/nowhere'],
      ['OPTIONS', '/nowhere'],
      ['QUERY', '/nowhere'],
      ['PROPFIND', '/nowhere'],
    ])('%s %s is not found', async (method, target) => {
      expect(problem(await send({ method, target }))).toEqual({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: `Cannot ${method} ${target}`,
        instance: target,
        requestId: expect.any(String),
      });
    });

    it.each(['/%', '/%zz', '/%ff', '/applications/%', '/applications/%E0%A4%A', '/docs/%'])(
      '%s is a malformed URL',
      async (target) => {
        expect(problem(await send({ target }))).toMatchObject({ status: 400, instance: target });
      },
    );

    it.each([
      ['an app key', `/applications/${'a'.repeat(513)}`],
      ['an environment', `/applications/orders/environments/${'%41'.repeat(600)}`],
    ])('%s that is too long for a path is a 414', async (_, target) => {
      expect(problem(await send({ target }))).toMatchObject({
        title: 'URI Too Long',
        status: 414,
        instance: target,
      });
    });

    it('answers a long URL as any other', async () => {
      expect((await send({ target: `/${'a/'.repeat(4000)}` })).status).toBe(404);
      expect((await send({ target: `/applications?limit=1&${'a'.repeat(8000)}` })).status).toBe(200);
    });

    it('a URL of more than 8192 characters is a 414', async () => {
      const target = '/applications?limit=1&'.padEnd(8192, 'a');
      expect((await send({ target })).status).toBe(200);
      expect(problem(await send({ target: `${target}a` }))).toEqual({
        type: 'about:blank',
        title: 'URI Too Long',
        status: 414,
        detail: 'The URL is longer than 8192 characters.',
        instance: '/applications',
        requestId: expect.any(String),
      });
    });

    it.each(['/health/', '/applications/', '/applications/?limit=1', '/endpoints/?app_key=x', '/docs/'])(
      '%s is the same with its trailing slash as without',
      async (target) => {
        const without = await send({ target: target.replace('/?', '?').replace(/\/$/, '') });
        expect((await send({ target })).status).toBe(without.status);
        expect(without.body).not.toContain('Cannot GET');
      },
    );
  });

  describe('bodies', () => {
    it.each([
      ['a brace', '{'],
      ['truncated JSON', '{"name":"Ord'],
      ['two documents', '{"name":"a"}{"name":"b"}'],
      ['single quotes', "{'name':'a'}"],
      ['a trailing comma', '{"name":"a",}'],
      ['a word', 'name'],
      ['NaN', '{"name":NaN}'],
      ['a control character', '{"name":"a\nb"}'],
      ['whitespace', ' \n'],
      ['bytes that are not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1')],
      ['UTF-16', Buffer.from('{"name":"a"}', 'utf16le')],
    ])('%s is not the JSON it is announced as', async (_, body) => {
      expect(problem(await post('/applications', body))).toMatchObject({ type: 'about:blank', status: 400 });
    });

    it('nested deeper than 100 levels are refused before it is known whether they are JSON', async () => {
      const { errors } = problem(await post('/applications', '['.repeat(100_000)));
      expect(errors).toEqual([
        { pointer: `#${'/0'.repeat(100)}`, detail: 'must not be nested deeper than 100 levels' },
      ]);
    });

    it('of more than 10,000 values are refused', async () => {
      const { errors } = problem(await post('/applications', `{"name":"a","x":[${'0,'.repeat(10_000)}0]}`));
      expect(errors).toEqual([
        { pointer: '#', detail: 'must not hold more than 10000 values, containers included' },
      ]);
    });

    it('a property called __proto__ is one that is not known, and pollutes nothing', async () => {
      const answer = await post(
        '/applications',
        '{"name":"a","__proto__":{"isAdmin":true,"description":"x"}}',
      );
      expect(answer.status).toBe(201);
      expect(JSON.parse(answer.body)).toMatchObject({ name: 'a', description: null });
      expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
      const instead = await post('/applications', '{"__proto__":{"name":"a"}}');
      expect(problem(instead).errors?.map(({ pointer }) => pointer)).toEqual(['#/name']);
    });

    it.each(['null', '[]', '7', '"text"', 'true'])('%s is JSON, but no object', async (body) => {
      expect(problem(await post('/applications', body))).toMatchObject({
        type: 'urn:mcp-registry:problem:invalid-input',
        status: 400,
        errors: [{ pointer: '#', detail: 'must be a JSON object' }],
      });
    });

    it.each([
      ['no body at all', undefined, {}],
      ['an empty body', '', JSON_TYPE],
      ['an empty object', '{}', JSON_TYPE],
    ])('%s lacks what is required', async (_, body, headers) => {
      expect(problem(await post('/applications', body, headers))).toMatchObject({
        status: 400,
        errors: [{ pointer: '#/name', detail: 'must be a string of 1 to 255 characters' }],
      });
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonp',
      'nonsense',
    ])('a body of the type %s is a 415', async (type) => {
      const answer = await post('/applications', '{"name":"a"}', { 'Content-Type': type });
      expect(problem(answer)).toMatchObject({ title: 'Unsupported Media Type', status: 415 });
    });

    it('a body of no type is a 415', async () => {
      expect(problem(await post('/applications', '{"name":"a"}', {})).status).toBe(415);
      expect(problem(await send({ method: 'DELETE', target: '/applications/x', body: 'x' })).status).toBe(
        415,
      );
    });

    it.each(['APPLICATION/JSON', 'application/json;charset=UTF-8', 'application/json; version=2'])(
      'a body of the type %s is JSON',
      async (type) => {
        expect((await post('/applications', '{"name":"a"}', { 'Content-Type': type })).status).toBe(201);
      },
    );

    it('a byte order mark before the JSON does no harm', async () => {
      expect((await post('/applications', '\ufeff{"name":"a"}')).status).toBe(201);
    });

    it.each(['gzip', 'br', 'deflate', 'x-gzip', 'identity, gzip', 'nonsense'])(
      'a body with Content-Encoding: %s is a 415 that says what is accepted',
      async (encoding) => {
        const headers = { ...JSON_TYPE, 'Content-Encoding': encoding };
        const answer = await post('/applications', gzipSync('{"name":"a"}'), headers);
        expect(answer.headers['accept-encoding']).toBe('identity');
        expect(problem(answer)).toEqual({
          type: 'urn:mcp-registry:problem:encoded-body',
          title: 'Unsupported content encoding',
          status: 415,
          detail: 'The only Content-Encoding that is accepted is identity: send the body uncompressed.',
          instance: '/applications',
          requestId: expect.any(String),
        });
      },
    );

    it('the credentials come before the encoding of the body', async () => {
      const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip', 'X-Admin-Key': 'wrong' };
      expect((await post('/applications', gzipSync('{}'), headers)).status).toBe(401);
    });

    it.each(['identity', 'Identity', ''])('a body with Content-Encoding: %s is JSON', async (encoding) => {
      const headers = { ...JSON_TYPE, 'Content-Encoding': encoding };
      expect((await post('/applications', '{"name":"a"}', headers)).status).toBe(201);
    });

    it('a DELETE may announce JSON and send none', async () => {
      const { appKey } = await createApplication(app);
      const answer = await send({ method: 'DELETE', target: `/applications/${appKey}`, headers: JSON_TYPE });
      expect(answer).toMatchObject({ status: 204, body: '' });
    });
  });

  describe('sizes', () => {
    /** Only the head: a client that sends a refused body may lose the answer with the connection. */
    const announced = (target: string, length: number, headers: Record<string, string> = AS_ADMIN): string =>
      [
        `POST ${target} HTTP/1.1`,
        'Host: localhost',
        ...Object.entries({ ...headers, ...JSON_TYPE }).map(([name, value]) => `${name}: ${value}`),
        `Content-Length: ${length}`,
        '\r\n',
      ].join('\r\n');

    it('a body of more than 1 MiB is a 413', async () => {
      const answer = parsed(await rawExchange(app.url, announced('/applications', MEBIBYTE + 1)));
      expect(problem(answer)).toMatchObject({
        type: 'urn:mcp-registry:problem:body-too-large',
        status: 413,
        detail: 'The body has 1048577 bytes; allowed are 1048576 (every route but those of batches).',
      });
      expect(contract.faults({ method: 'POST', target: '/applications', headers: {} }, answer)).toEqual([]);
    });

    it('a batch of more than BATCH_MAX_BYTES is a 413', async () => {
      const target = '/register/endpoints';
      const { appKey } = await createApplication(app);
      const { apiKey } = await issueKey(app, appKey);
      const head = announced(target, 10 * MEBIBYTE + 1, asApplication(appKey, apiKey));
      const answer = parsed(await rawExchange(app.url, head));
      expect(problem(answer)).toMatchObject({
        status: 413,
        detail: 'The body has 10485761 bytes; allowed are 10485760 (BATCH_MAX_BYTES).',
      });
      expect(contract.faults({ method: 'POST', target, headers: {} }, answer)).toEqual([]);
    });

    it('a body without an announced length is counted', async () => {
      const small = await startApp({ BATCH_MAX_BYTES: '1024' });
      try {
        const chunk = JSON.stringify({ name: 'a'.repeat(1100) });
        const answer = parsed(
          await rawExchange(
            small.url,
            announced('/applications', 0).replace('Content-Length: 0', 'Transfer-Encoding: chunked') +
              `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
          ),
        );
        expect(problem(answer)).toMatchObject({
          status: 413,
          detail: 'The body has more than 1024 bytes; allowed are 1024 (BATCH_MAX_BYTES).',
        });
        expect(contract.faults({ method: 'POST', target: '/applications', headers: {} }, answer)).toEqual([]);
      } finally {
        await small.close();
      }
    });

    it('a batch may be larger than any other body, and have 5,000 endpoints but not 5,001', async () => {
      const { appKey } = await createApplication(app);
      const { apiKey } = await issueKey(app, appKey);
      const headers = { ...JSON_TYPE, ...asApplication(appKey, apiKey) };
      const batch = (size: number): string =>
        JSON.stringify({
          app_key: appKey,
          endpoints: Array.from({ length: size }, (_, index) => endpoint({ path: `/orders/${index}` })),
        });
      const accepted = batch(5000);
      expect(accepted.length).toBeGreaterThan(MEBIBYTE);
      const answer = await exchange(app.url, {
        method: 'POST',
        target: '/register/endpoints',
        headers,
        body: accepted,
      });
      expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('"added":5000') });
      expect(problem(await post('/register/endpoints', batch(5001), headers))).toMatchObject({
        type: 'urn:mcp-registry:problem:too-many-endpoints',
        status: 413,
        detail: 'The batch has 5001 endpoints; allowed are 5000 (BATCH_MAX_ENDPOINTS).',
      });
      const [row] = await app.database.query<{ count: string }>('SELECT count(*) FROM "Endpoint"');
      expect(row).toEqual({ count: '5000' });
    });
  });

  describe('input', () => {
    it('names every mistake at once, nested ones by their place', async () => {
      const body = {
        name: 7,
        healthCheckUrl: 'ftp://host',
        environments: [{ name: 'no spaces' }, { name: 'qa', baseDomain: 3 }, {}],
      };
      const { errors } = problem(await post('/applications', JSON.stringify(body)));
      expect(errors?.map(({ pointer }) => pointer)).toEqual([
        '#/name',
        '#/healthCheckUrl',
        '#/environments/0/name',
        '#/environments/1/baseDomain',
        '#/environments/2/name',
      ]);
      const list = JSON.stringify({ name: '', environments: [{ name: 'qa' }, 'production', []] });
      expect(problem(await post('/applications', list)).errors).toEqual([
        { pointer: '#/name', detail: 'must be a string of 1 to 255 characters' },
        { pointer: '#/environments', detail: 'must hold objects only' },
      ]);
    });

    it('names the endpoint of a batch and the field', async () => {
      const answer = await register([
        ...[endpoint(), endpoint({ path: '/a' }), endpoint({ path: '/b' })],
        ...[endpoint({ path: '//orders', method: 'FETCH' }), 'no object'],
      ]);
      expect(problem(answer).errors).toEqual([
        {
          pointer: '#/endpoints/3/path',
          detail: 'must be a string of 1 to 600 characters: a path such as /orders/{orderId}',
        },
        {
          pointer: '#/endpoints/3/method',
          detail: 'must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE',
        },
        { pointer: '#/endpoints/4', detail: 'must be a JSON object' },
      ]);
    });

    it('names at most 100 mistakes of a batch', async () => {
      const answer = await register(Array.from({ length: 300 }, () => endpoint({ path: 7 })));
      expect(problem(answer).errors?.map(({ pointer }) => pointer)).toEqual(
        Array.from({ length: 100 }, (_, index) => `#/endpoints/${index}/path`),
      );
    });

    it('escapes pointers as RFC 6901 wants them in a URI fragment', async () => {
      const answer = await register([endpoint({ requestBody: { 'a/b~c d%é"': ['\u0000'] } })]);
      expect(problem(answer).errors).toEqual([
        {
          pointer: '#/endpoints/0/requestBody/a~1b~0c%20d%25%C3%A9%22/0',
          detail: 'must be valid Unicode without U+0000',
        },
      ]);
    });

    it('names parameters of query and path', async () => {
      const list = await send({ target: '/audit-logs?limit=0&limit=1&from=yesterday&cursor=x' });
      expect(
        problem(list)
          .errors?.map(({ pointer }) => pointer)
          .sort(),
      ).toEqual(['#/from', '#/limit']);
      expect(problem(await send({ target: '/applications?limit=501' })).errors).toEqual([
        { pointer: '#/limit', detail: 'must be a whole number from 1 to 500' },
      ]);
      expect(problem(await send({ target: '/applications/%00' })).errors).toEqual([
        { pointer: '#/app_key', detail: 'must not contain U+0000' },
      ]);
    });

    it('takes JSON Schemas that speak of JavaScript', async () => {
      const schema = {
        type: 'object',
        properties: { constructor: { type: 'string' }, toString: {} },
        then: {},
      };
      const answer = await register([endpoint({ requestBody: schema })]);
      expect(answer).toMatchObject({ status: 200 });
      const [row] = await app.database.query(
        'SELECT "requestBody" FROM "Endpoint" ORDER BY "createdAt" DESC LIMIT 1',
      );
      expect(row).toEqual({ requestBody: schema });
    });

    it.each([
      ['/applications', { name: { constructor: {} } }, '#/name'],
      ['/applications', { name: 'a', environments: [{ name: { constructor: 1 } }] }, '#/environments/0/name'],
    ])('refuses at %s what looks like a class: %j', async (target, body, pointer) => {
      const { status, errors } = problem(await post(target, JSON.stringify(body)));
      expect({ status, pointers: errors?.map((error) => error.pointer) }).toEqual({
        status: 400,
        pointers: [pointer],
      });
    });

    it('refuses numbers that would be stored as null', async () => {
      const { appKey } = await createApplication(app);
      const { apiKey } = await issueKey(app, appKey);
      const batch = JSON.stringify({
        app_key: appKey,
        endpoints: [endpoint({ responseBody: { maximum: 'huge' }, requestBody: '{"minimum":-1e999}' })],
      });
      const headers = { ...JSON_TYPE, ...asApplication(appKey, apiKey) };
      const answer = await post('/register/endpoints', batch.replace('"huge"', '1e400'), headers);
      expect(problem(answer).errors).toEqual([
        { pointer: '#/endpoints/0/responseBody/maximum', detail: 'must be a number below 1e308' },
      ]);
      const inText = await post('/register/endpoints', batch, headers);
      expect(problem(inText).errors?.map(({ pointer }) => pointer)).toEqual(['#/endpoints/0/requestBody']);
    });

    it('refuses cursors of times no database knows', async () => {
      const cursor = Buffer.from(JSON.stringify(['-271821-04-20T00:00:00.000Z', 'a'])).toString('base64url');
      for (const list of ['/applications', '/applications/with-endpoints', '/audit-logs']) {
        expect(problem(await send({ target: `${list}?cursor=${cursor}` })).errors).toEqual([
          { pointer: '#/cursor', detail: 'must be the cursor of a Link header with rel="next"' },
        ]);
      }
    });

    const NO_TIMES = [
      '2027-02-30T00:00:00Z',
      '2027-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2027-04-31T12:00:00+02:00',
      '2027-13-01T00:00:00Z',
      '2027-00-10T00:00:00Z',
      '2027-01-00T00:00:00Z',
      '2027-01-31T24:00:00Z',
      '2027-01-31T12:60:00Z',
      '2016-12-31T23:59:60Z',
      '2027-01-31T12:00:00+24:00',
      '2027-01-31T12:00:00+02:60',
      '2027-01-31T12:00:00+0200',
      '2027-01-31T12:00:00',
      '2027-01-31T12:00Z',
      '9999-12-31T23:59:59-23:59',
      '0000-01-01T00:00:00+00:01',
      '2026-02-30T25:00:00Z',
      '2027-01-31',
      '+010000-01-01T00:00:00Z',
      '20270131T000000Z',
      'tomorrow',
      '',
    ];
    const TIME_RULE =
      'must be a time that exists, such as 2027-01-31T00:00:00Z (RFC 3339, with Z or an offset, without leap seconds)';

    it.each(NO_TIMES)('refuses the time %j in a body', async (expiresAt) => {
      const { appKey } = await createApplication(app);
      const body = JSON.stringify({ name: 'a', expiresAt });
      const answer = await post(`/applications/${appKey}/environments/production/api-keys`, body);
      expect(problem(answer).errors).toEqual([{ pointer: '#/expiresAt', detail: TIME_RULE }]);
    });

    it.each(['/audit-logs', '/health-check/applications/orders/history'])(
      'refuses such times in the query of %s',
      async (path) => {
        for (const time of NO_TIMES) {
          const text = encodeURIComponent(time);
          const { errors } = problem(await send({ target: `${path}?from=${text}&to=${text}` }));
          expect(errors).toEqual([
            { pointer: '#/from', detail: TIME_RULE },
            { pointer: '#/to', detail: TIME_RULE },
          ]);
        }
      },
    );

    it.each([
      ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
      ['2027-01-31t12:00:00.5z', '2027-01-31T12:00:00.500Z'],
      ['2027-01-31 12:00:00.123456789+23:59', '2027-01-30T12:01:00.123Z'],
      ['2027-01-31T12:00:00-00:00', '2027-01-31T12:00:00.000Z'],
      ['9999-12-31T23:59:59+00:00', '9999-12-31T23:59:59.000Z'],
    ])('takes the time %s for %s', async (expiresAt, read) => {
      const { appKey } = await createApplication(app);
      const body = JSON.stringify({ name: 'a', expiresAt });
      const answer = await post(`/applications/${appKey}/environments/production/api-keys`, body);
      expect(JSON.parse(answer.body)).toMatchObject({ expiresAt: read });
    });

    async function register(endpoints: readonly unknown[]): Promise<WireAnswer> {
      const { appKey } = await createApplication(app);
      const { apiKey } = await issueKey(app, appKey);
      const headers = { ...JSON_TYPE, ...asApplication(appKey, apiKey) };
      return post('/register/endpoints', JSON.stringify({ app_key: appKey, endpoints }), headers);
    }
  });

  describe('X-Request-Id', () => {
    it.each(['/health', '/nowhere', '/%', `/applications/${'a'.repeat(513)}`, '/applications?limit=x'])(
      'is kept when it is sane: %s',
      async (target) => {
        const answer = await send({ target, headers: { 'X-Request-Id': 'trace:1234/a_b-c.d=+' } });
        expect(answer.headers['x-request-id']).toBe('trace:1234/a_b-c.d=+');
      },
    );

    it.each([['two words'], ['a'.repeat(129)], [''], ['<script>'], ['ÿ'], [['one', 'two']]])(
      'is replaced when it is not: %j',
      async (sent) => {
        const answer = await send({ target: '/nowhere', headers: { 'X-Request-Id': sent } });
        expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      },
    );
  });

  describe('HEAD', () => {
    it.each([
      ['/health', 200, 'application/json'],
      ['/applications', 200, 'application/json'],
      ['/nowhere', 404, 'application/problem+json'],
      ['/applications/absent', 404, 'application/problem+json'],
    ])('%s is a GET without its body', async (target, status, type) => {
      expect(await send({ method: 'HEAD', target })).toMatchObject({
        status,
        body: '',
        headers: { 'content-type': `${type}; charset=utf-8` },
      });
    });
  });

  describe('content negotiation', () => {
    it.each(['text/html', 'application/xml', 'image/*', '*/*;q=0', 'nonsense', ''])(
      'answers JSON to Accept: %s',
      async (accept) => {
        const headers = { Accept: accept };
        expect(await send({ target: '/health', headers })).toMatchObject({
          status: 200,
          headers: { 'content-type': 'application/json; charset=utf-8' },
        });
        expect((await send({ target: '/nowhere', headers })).status).toBe(404);
      },
    );
  });

  describe('what is hardly HTTP', () => {
    const HEAD = 'GET /health HTTP/1.1\r\nHost: localhost\r\n';

    it.each([
      ['a header section too large', `${HEAD}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
      ['a URL too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
      ['no request line', 'nonsense\r\n\r\n', 400],
      ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
      ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', 400],
      ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x00, 0xa5, 0x01, 0x00, 0x00, 0xa1, 0x03, 0x03]), 400],
      ['a control character in a header', `${HEAD}X-Request-Id: a\0b\r\n\r\n`, 400],
      ['bytes in the URL', Buffer.from('GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n', 'latin1'), 400],
      ['a length that is no number', `${HEAD}Content-Length: abc\r\n\r\n`, 400],
      ['a length and chunks', `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
      ['a chunk that is none', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ])('%s is answered and ends only its connection', async (_, bytes, status) => {
      const answer = parsed(await rawExchange(app.url, bytes));
      expect(answer).toMatchObject({
        status,
        headers: {
          'content-type': 'application/problem+json; charset=utf-8',
          'content-length': String(Buffer.byteLength(answer.body)),
          connection: 'close',
        },
      });
      const { requestId, ...rest } = problem(answer);
      expect(requestId).toBe(answer.headers['x-request-id']);
      expect(rest).toEqual({
        type: 'about:blank',
        title: status === 431 ? 'Request Header Fields Too Large' : 'Bad Request',
        status,
        detail: expect.stringMatching(/\.$/),
        instance: `urn:uuid:${requestId}`,
      });
      expect((await send({ target: '/health/live' })).status).toBe(200);
    });

    // Newer versions of Node.js give up reading, older ones drop the headers beyond the bound.
    it('thousands of headers are refused', async () => {
      const text = `${HEAD}${'X: y\r\n'.repeat(5000)}Connection: close\r\n\r\n`;
      const answer = parsed(await rawExchange(app.url, text));
      expect({ ...answer, body: problem(answer) }).toMatchObject({
        status: 431,
        headers: { 'content-type': 'application/problem+json; charset=utf-8' },
        body: {
          title: 'Request Header Fields Too Large',
          status: 431,
          detail: expect.stringMatching(
            /^There are more than 100 headers\.$|, or there are too many headers\.$/,
          ),
        },
      });
    });

    it.each(['a-miracle', '100-continued', 'x, 100-continue'])(
      'the expectation %s is refused',
      async (expectation) => {
        const text = `${HEAD}Expect: ${expectation}\r\nConnection: close\r\n\r\n`;
        // Node promises to continue where that is asked for, too.
        const answer = parsed(
          (await rawExchange(app.url, text)).replace('HTTP/1.1 100 Continue\r\n\r\n', ''),
        );
        expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
        expect(problem(answer)).toEqual({
          type: 'about:blank',
          title: 'Expectation Failed',
          status: 417,
          detail: 'The only expectation that is met is 100-continue.',
          instance: '/health',
          requestId: answer.headers['x-request-id'],
        });
      },
    );

    it('the expectation 100-continue is met', async () => {
      const text = `${HEAD}Expect: 100-continue\r\nConnection: close\r\n\r\n`;
      expect(await rawExchange(app.url, text)).toMatch(
        /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
      );
    });

    it.each([
      'a b/c',
      'a/b',
      'a\\b',
      'a?b',
      'a#b',
      'user@a',
      'http://a',
      'a:b',
      'a:80:80',
      'a%zz',
      'a"b',
      '[a]',
      '[::1',
      '::1',
      '[fe80::1%25eth0]',
      '[::1]80',
      'ÿ',
    ])('Host: %s is none', async (host) => {
      for (const target of ['/health/live', '/nowhere']) {
        const text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        const answer = parsed(await rawExchange(app.url, Buffer.from(text, 'latin1')));
        expect(problem(answer)).toMatchObject({
          status: 400,
          detail: 'The Host header must be a host, optionally with a port (RFC 9110, section 7.2).',
          instance: target,
        });
      }
    });

    it.each(['user@a', 'a\\b', '', ':80', 'a:b', '[::1', 'a%zz'])(
      'http://%s/ names no host',
      async (authority) => {
        const text = `GET http://${authority}/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
        expect(problem(parsed(await rawExchange(app.url, text))).status).toBe(400);
      },
    );

    it.each(['a', 'A.example.:8000', '10.1.2.3:8000', '[fd00::1]:8000', '[v1.x]', 'a:', 'a_b', '%41', 'a,b'])(
      'Host: %s is one',
      async (host) => {
        const text = `GET /health/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        expect(parsed(await rawExchange(app.url, text)).status).toBe(200);
      },
    );

    it.each([
      ['no Host', '', 400, 'HTTP/1.1 wants exactly one Host header (RFC 9112, section 3.2).'],
      [
        'two Hosts',
        'Host: a\r\nhost: a\r\n',
        400,
        'HTTP/1.1 wants exactly one Host header (RFC 9112, section 3.2).',
      ],
      [
        'more than 100 headers',
        `Host: a\r\n${'X: y\r\n'.repeat(99)}`,
        431,
        'There are more than 100 headers.',
      ],
    ])('%s: refused, to probes too', async (_, headers, status, detail) => {
      const text = `GET /health/live HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
      const answer = parsed(await rawExchange(app.url, text));
      expect({ ...answer, body: problem(answer) }).toMatchObject({
        status,
        headers: { 'content-type': 'application/problem+json; charset=utf-8' },
        body: {
          type: 'about:blank',
          status,
          detail,
          instance: '/health/live',
          requestId: answer.headers['x-request-id'],
        },
      });
    });

    it.each([
      ['HTTP/1.0 without Host', 'GET /health/live HTTP/1.0\r\n\r\n'],
      ['an empty Host', 'GET /health/live HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
      ['a whole URL', 'GET http://a.example/health/live HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n'],
      [
        '100 headers',
        `GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${'X: y\r\n'.repeat(98)}\r\n`,
      ],
    ])('%s is fine', async (_, text) => {
      expect(parsed(await rawExchange(app.url, text))).toMatchObject({
        status: 200,
        body: '{"status":"ok"}',
      });
    });

    it('a body that is cut off is an error of the client', async () => {
      const head = `POST /applications HTTP/1.1\r\nHost: localhost\r\nX-Admin-Key: ${AS_ADMIN['X-Admin-Key']}\r\nContent-Type: application/json\r\n`;
      const answer = await rawExchange(app.url, `${head}Content-Length: 9\r\n\r\n{}`, { halfClose: true });
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
      expect((await send({ target: '/health/live' })).status).toBe(200);
    });
  });
});

describe('CORS', () => {
  const PREFLIGHT = {
    Origin: 'https://console.example.com',
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-type,x-admin-key',
  };

  it('is off without CORS_ORIGINS', async () => {
    const app = await startApp();
    try {
      const answer = await app.http.get('/health').set('Origin', PREFLIGHT.Origin);
      expect(corsHeaders(answer.headers as Record<string, string>)).toEqual({});
      const preflight = await app.http.options('/applications/orders').set(PREFLIGHT);
      expect({
        status: preflight.status,
        cors: corsHeaders(preflight.headers as Record<string, string>),
      }).toEqual({
        status: 204,
        cors: {},
      });
    } finally {
      await app.close();
    }
  });

  it('lets the origins of CORS_ORIGINS call every method, and read errors and their headers', async () => {
    const app = await startApp({ CORS_ORIGINS: 'https://console.example.com, https://other.example.com' });
    try {
      const preflight = await app.http.options('/applications/orders').set(PREFLIGHT);
      expect({ status: preflight.status, headers: preflight.headers }).toMatchObject({
        status: 204,
        headers: {
          'access-control-allow-origin': 'https://console.example.com',
          'access-control-allow-methods': expect.stringMatching(
            /(?=.*\bPUT\b)(?=.*\bDELETE\b)(?=.*\bPOST\b)/,
          ),
          'access-control-allow-headers': 'content-type,x-admin-key',
        },
      });
      const refused = await app.http.get('/applications').set('Origin', 'https://other.example.com');
      expect({ status: refused.status, headers: refused.headers }).toMatchObject({
        status: 401,
        headers: {
          'access-control-allow-origin': 'https://other.example.com',
          'access-control-expose-headers': expect.stringContaining('X-Request-Id'),
          vary: expect.stringContaining('Origin'),
        },
      });
      const stranger = await app.http.get('/health').set('Origin', 'https://evil.example');
      expect(corsHeaders(stranger.headers as Record<string, string>)).not.toHaveProperty(
        'access-control-allow-origin',
      );
    } finally {
      await app.close();
    }
  });
});

interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

function problem({ body }: WireAnswer): ProblemDocument {
  return JSON.parse(body) as ProblemDocument;
}

/** The one answer in what came back on a raw connection. */
function parsed(text: string): WireAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(':')).toLowerCase(),
        field.slice(field.indexOf(':') + 2),
      ]),
    ),
    body: rest.join('\r\n\r\n'),
  };
}

function corsHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}
