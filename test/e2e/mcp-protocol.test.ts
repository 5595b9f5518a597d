import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ENVELOPE, MODERN, modern, postMcp } from '../support/mcp-messages.js';
import { expectProblem } from '../support/problems.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26'];

describe('MCP over HTTP', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ CORS_ORIGINS: 'https://console.example.com' });
  });
  afterAll(() => app.close());

  it.each(['get', 'put', 'patch', 'delete'] as const)(
    'answers %s with 405, and says what is allowed',
    async (method) => {
      const answer = await app.http[method]('/mcp').set(AS_ADMIN);
      expectProblem(answer, 405, 'method-not-allowed');
      expect(answer.headers.allow).toBe('OPTIONS, POST');
    },
  );

  it('needs credentials, and names no authorization server', async () => {
    const answer = await app.http.post('/mcp').send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expectProblem(answer, 401, 'credentials-refused');
    expect(answer.headers['www-authenticate']).toBe('ApiKey');
    for (const path of ['oauth-protected-resource', 'oauth-authorization-server', 'openid-configuration']) {
      await app.http.get(`/.well-known/${path}`).expect(404);
    }
  });

  it.each(['https://evil.example.com', 'null', 'https://console.example.com.evil.example'])(
    'refuses pages of the origin %s',
    async (origin) => {
      const answer = await app.http
        .post('/mcp')
        .set({ ...AS_ADMIN, Origin: origin })
        .send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
      expectProblem(answer, 403, 'origin-not-allowed');
    },
  );

  it('lets pages of CORS_ORIGINS ask, and its own on this machine', async () => {
    const pages: readonly Record<string, string>[] = [
      { Origin: 'https://console.example.com' },
      { Origin: 'http://localhost:8000', Host: 'localhost:8000' },
    ];
    for (const headers of pages) {
      const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
      expect((await postMcp(app, message, { ...AS_ADMIN, ...headers })).status).toBe(200);
    }
  });

  it('refuses pages of its own under a name that any site can take', async () => {
    const answer = await app.http
      .post('/mcp')
      .set({ ...AS_ADMIN, Origin: 'http://rebound.example.com', Host: 'rebound.example.com' })
      .send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expectProblem(answer, 403, 'origin-not-allowed');
  });

  it.each([undefined, '*/*', 'application/json', 'application/json, text/event-stream'])(
    'answers JSON to a client that accepts %s',
    async (accept) => {
      const request = app.http.post('/mcp').set(AS_ADMIN);
      if (accept !== undefined) void request.set('Accept', accept);
      const answer = await request.send({ jsonrpc: '2.0', id: 'a', method: 'tools/list' }).expect(200);
      expect(answer.type).toBe('application/json');
      expect(answer.body).toMatchObject({
        jsonrpc: '2.0',
        id: 'a',
        result: { tools: expect.any(Array) as unknown },
      });
      expect(answer.headers).not.toHaveProperty('mcp-session-id');
    },
  );

  it.each([
    ['2025-11-25', { jsonrpc: '2.0', id: 7, method: 'tools/list' }, {}],
    [MODERN, modern('tools/list').message, modern('tools/list').headers],
  ])('answers an event stream to a client of %s that accepts nothing else', async (_, message, headers) => {
    const answer = await postMcp(app, message, { ...AS_ADMIN, ...headers, Accept: 'text/event-stream' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(answer.text).toContain('"search_endpoints"');
  });

  it('answers a body that is no JSON, and one that is no message', async () => {
    const torn = await app.http
      .post('/mcp')
      .set({ ...AS_ADMIN, 'Content-Type': 'application/json' })
      .send('{"jsonrpc":');
    expect([torn.status, torn.type]).toEqual([400, 'application/problem+json']);
    expect(torn.body).toMatchObject({ detail: expect.stringContaining('not valid JSON') as unknown });
    const form = await app.http.post('/mcp').set(AS_ADMIN).type('form').send({ a: 1 });
    expect(form.status).toBe(415);
    for (const body of [
      {},
      { jsonrpc: '1.0', id: 1, method: 'tools/list' },
      { jsonrpc: '2.0', id: {}, method: 'x' },
    ]) {
      const answer = await postMcp(app, body);
      expect([answer.status, answer.body.error?.code]).toEqual([400, -32600]);
    }
  });

  describe('in version 2026-07-28', () => {
    it('is discovered without a handshake', async () => {
      const { message, headers } = modern('server/discover');
      const { status, body } = await postMcp(app, message, { ...AS_ADMIN, ...headers });
      expect(status).toBe(200);
      expect(body.result).toMatchObject({
        resultType: 'complete',
        supportedVersions: [MODERN],
        capabilities: { tools: {} },
        ttlMs: 3_600_000,
        cacheScope: 'private',
      });
      expect(JSON.stringify(body.result).length).toBeLessThan(2048);
    });

    it('lists the tools with how long the list may be kept', async () => {
      const { message, headers } = modern('tools/list');
      const { body } = await postMcp(app, message, { ...AS_ADMIN, ...headers });
      expect(body.result).toMatchObject({ resultType: 'complete', ttlMs: 3_600_000, cacheScope: 'private' });
    });

    const call = modern('tools/call', { name: 'list_applications', arguments: {} });
    const without = (name: string): Record<string, string> =>
      Object.fromEntries(Object.entries(call.headers).filter(([key]) => key !== name));
    const withMeta = (meta: unknown): unknown => ({
      ...call.message,
      params: { name: 'list_applications', arguments: {}, ...(meta !== undefined && { _meta: meta }) },
    });
    const { 'io.modelcontextprotocol/clientCapabilities': _, ...incomplete } = ENVELOPE;

    it.each([
      ['no version in the header', call.message, without('MCP-Protocol-Version'), 400, -32020],
      [
        'another version in the header',
        call.message,
        { ...call.headers, 'MCP-Protocol-Version': '2025-11-25' },
        400,
        -32020,
      ],
      [
        'an unknown version',
        withMeta({ ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }),
        { ...call.headers, 'MCP-Protocol-Version': '2099-01-01' },
        400,
        -32022,
      ],
      ['no Mcp-Method', call.message, without('Mcp-Method'), 400, -32020],
      ['another Mcp-Method', call.message, { ...call.headers, 'Mcp-Method': 'tools/list' }, 400, -32020],
      ['no Mcp-Name', call.message, without('Mcp-Name'), 400, -32020],
      ['another Mcp-Name', call.message, { ...call.headers, 'Mcp-Name': 'search_endpoints' }, 400, -32020],
      ['no _meta', withMeta(undefined), call.headers, 400, -32602],
      ['an incomplete _meta', withMeta(incomplete), call.headers, 400, -32602],
      ['an unknown method', modern('tools/erase').message, modern('tools/erase').headers, 404, -32601],
      ['initialize', modern('initialize').message, modern('initialize').headers, 404, -32601],
      [
        'subscriptions',
        modern('subscriptions/listen').message,
        modern('subscriptions/listen').headers,
        404,
        -32601,
      ],
      ['a batch', [call.message, call.message], call.headers, 400, -32600],
    ])('answers %s with the error of the protocol', async (_name, message, headers, status, code) => {
      const answer = await postMcp(app, message, { ...AS_ADMIN, ...headers });
      expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    });

    it('says which versions there are', async () => {
      const { message, headers } = modern('tools/list');
      const params = { _meta: { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } };
      const { body } = await postMcp(
        app,
        { ...message, params },
        { ...AS_ADMIN, ...headers, 'MCP-Protocol-Version': '2099-01-01' },
      );
      expect(body.error?.data).toEqual({ supported: [MODERN], requested: '2099-01-01' });
    });

    it('answers an unknown tool and a notification', async () => {
      const unknown = modern('tools/call', { name: 'erase', arguments: {} });
      const answer = await postMcp(app, unknown.message, { ...AS_ADMIN, ...unknown.headers });
      expect([answer.status, answer.body.error]).toEqual([
        200,
        {
          code: -32602,
          message:
            'There is no tool "erase". There are: search_endpoints, get_endpoints, list_applications, list_endpoints.',
        },
      ]);
      const { headers } = modern('notifications/cancelled');
      const notified = await postMcp(
        app,
        { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, _meta: ENVELOPE } },
        { ...AS_ADMIN, ...headers },
      );
      expect([notified.status, notified.text]).toEqual([202, '']);
    });
  });

  describe.each(LEGACY)('in version %s', (version) => {
    const headers = { ...AS_ADMIN, 'MCP-Protocol-Version': version };
    const request = (method: string, params?: unknown): unknown => ({
      jsonrpc: '2.0',
      id: 1,
      method,
      params,
    });

    it('answers initialize with that version, and a notification with 202', async () => {
      const { status, body } = await postMcp(
        app,
        request('initialize', {
          protocolVersion: version,
          capabilities: {},
          clientInfo: { name: 'c', version: '1' },
        }),
      );
      expect(status).toBe(200);
      expect(body.result).toMatchObject({
        protocolVersion: version,
        capabilities: { tools: {} },
        serverInfo: { name: 'mcp-registry' },
      });
      const notified = await postMcp(app, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
      expect([notified.status, notified.text]).toEqual([202, '']);
    });

    it('answers unknown methods and tools, and a ping, with 200', async () => {
      expect((await postMcp(app, request('tools/erase'), headers)).body.error?.code).toBe(-32601);
      const unknown = await postMcp(app, request('tools/call', { name: 'erase' }), headers);
      expect([unknown.status, unknown.body.error?.code]).toEqual([200, -32602]);
      expect((await postMcp(app, request('ping'), headers)).body).toEqual({
        jsonrpc: '2.0',
        id: 1,
        result: {},
      });
    });

    it('ignores the headers of later versions', async () => {
      const answer = await postMcp(app, request('tools/list'), { ...headers, 'Mcp-Method': 'tools/call' });
      expect(answer.status).toBe(200);
      expect(answer.body.result).not.toHaveProperty('ttlMs');
    });
  });

  it('answers initialize of an unknown version with the newest that has it', async () => {
    const { body } = await postMcp(app, {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '1999-01-01', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
    });
    expect(body.result).toMatchObject({ protocolVersion: '2025-11-25' });
  });

  it('refuses an unknown version in the header', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const { status } = await postMcp(app, message, { ...AS_ADMIN, 'MCP-Protocol-Version': '1999-01-01' });
    expect(status).toBe(400);
  });

  it('takes batches of version 2025-03-26 alone, and of bounded length', async () => {
    const batch = (length: number): unknown[] =>
      Array.from({ length }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    const taken = await postMcp(app, batch(3));
    expect([taken.status, (taken.body as unknown as { id: number }[]).map(({ id }) => id)]).toEqual([
      200,
      [0, 1, 2],
    ]);
    const later = await postMcp(app, batch(3), { ...AS_ADMIN, 'MCP-Protocol-Version': '2025-11-25' });
    expect([later.status, later.body.error?.code]).toEqual([400, -32600]);
    const large = await postMcp(app, batch(1000));
    expect([large.status, large.body.error?.code]).toEqual([400, -32600]);
    const empty = await postMcp(app, []);
    expect([empty.status, empty.body.error?.code]).toEqual([400, -32600]);
  });
});

describe('a plain call of a tool', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const calls: readonly (readonly [name: string, input: Record<string, unknown>])[] = [
    ['search_endpoints', { query: 'refund' }],
    ['search_endpoints', {}],
    ['list_applications', {}],
    ['list_applications', { cursor: 'x' }],
    ['list_endpoints', { application: 'absent' }],
    ['get_endpoints', { ids: ['absent'] }],
    ['erase', {}],
  ];
  const versions = [MODERN, ...LEGACY].flatMap((version) =>
    calls.map(([name, input]) => [version, name, input] as const),
  );

  it.each(versions)(
    'is answered in version %s as the SDK answers it: %s %j',
    async (version, name, input) => {
      const isModern = version === MODERN;
      const headers = {
        ...AS_ADMIN,
        'MCP-Protocol-Version': version,
        ...(isModern && { 'Mcp-Method': 'tools/call', 'Mcp-Name': name }),
      };
      const call = (meta: object | undefined): unknown => ({
        jsonrpc: '2.0',
        id: 'ä"1',
        method: 'tools/call',
        params: { name, arguments: input, ...(meta !== undefined && { _meta: meta }) },
      });
      const plain = await postMcp(app, call(isModern ? ENVELOPE : undefined), headers);
      // The SDK alone judges what a token of progress means.
      const whole = await postMcp(app, call({ ...(isModern && ENVELOPE), progressToken: 1 }), headers);
      // These four tell when a request came, and after which others.
      const {
        'x-request-id': _id,
        'ratelimit-remaining': _remaining,
        'ratelimit-reset': _reset,
        date: _date,
        ...rest
      } = plain.headers;
      expect({ status: whole.status, text: whole.text, headers: whole.headers }).toEqual({
        status: plain.status,
        text: plain.text,
        headers: expect.objectContaining(rest) as unknown,
      });
    },
  );
});
