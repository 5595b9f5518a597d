import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { createRegistrant, discover, type Registrant } from '../support/registrations.js';
import { startApp, type TestApp } from '../support/start-app.js';

const KIBIBYTE = 1024;
/** A batch may take half of what an application may hold, which is half of what all may. */
const MAX_BYTES = 256 * KIBIBYTE;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly type: string | undefined;
}

interface Begun {
  readonly waiting: ReadonlySet<Socket>;
  readonly refusals: readonly Answer[];
}

function answerIn(bytes: Buffer): Answer {
  const [head = '', body = ''] = bytes.toString('utf8').split('\r\n\r\n');
  return {
    status: Number(head.split(' ', 2)[1]),
    retryAfter: /^retry-after: (\d+)$/im.exec(head)?.[1],
    type: (JSON.parse(body) as { type?: string }).type,
  };
}

describe('bodies', () => {
  let app: TestApp;
  const open: Socket[] = [];
  /** Ports of the clients whose connections the service has open. */
  const connected = new Set<number | undefined>();

  beforeAll(async () => {
    app = await startApp({ BATCH_MAX_BYTES: String(MAX_BYTES), BODIES_MAX_BYTES: String(4 * MAX_BYTES) });
    app.nest.getHttpServer().on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      connected.add(remotePort);
      socket.once('close', () => connected.delete(remotePort));
    });
  });
  afterEach(async () => {
    const ports = open.map(({ localPort }) => localPort);
    for (const socket of open.splice(0)) socket.destroy();
    // What their bodies hold is released only when the service sees them close.
    await eventually(() => !ports.some((port) => connected.has(port)));
  });
  afterAll(() => app.close());

  /** Sends the head of a registration, and of its body what is given. */
  async function begin({ headers }: Registrant, length: number | 'chunked', body = ''): Promise<Socket> {
    const { hostname, port } = new URL(app.url);
    const socket = connect({ host: hostname, port: Number(port) });
    open.push(socket);
    await once(socket, 'connect');
    const framing = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    const fields = Object.entries({ ...headers, 'Content-Type': 'application/json', Host: 'localhost' });
    socket.write(
      `POST /register/endpoints HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${framing}\r\n\r\n${body}`,
    );
    return socket;
  }

  async function answerOn(socket: Socket): Promise<Answer> {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return answerIn(bytes);
  }

  function register({ appKey, headers }: Registrant, endpoints: readonly unknown[]): Promise<WireAnswer> {
    return exchange(app.url, {
      method: 'POST',
      target: '/register/endpoints',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ app_key: appKey, endpoints }),
    });
  }

  const item = (path: string, bytes: number): object => ({
    name: 'Large',
    path,
    method: 'GET',
    requestBody: { description: 'x'.repeat(bytes) },
  });

  /** Begins so many requests; how many were refused by now, and the connections of the others. */
  async function beginMany(registrant: Registrant, count: number): Promise<Begun> {
    const waiting = new Set<Socket>();
    const refusals: Answer[] = [];
    for (const socket of await Promise.all(Array.from({ length: count }, () => begin(registrant, 1000)))) {
      waiting.add(socket);
      socket.once('data', (bytes) => {
        waiting.delete(socket);
        refusals.push(answerIn(bytes));
      });
    }
    return { waiting, refusals };
  }

  it('of one application that hold all it may have others of it wait, 32 at most, but none of others', async () => {
    const greedy = await createRegistrant(app);
    const other = await createRegistrant(app);
    await Promise.all([begin(greedy, MAX_BYTES), begin(greedy, MAX_BYTES)]);
    const { waiting, refusals } = await beginMany(greedy, 40);
    await eventually(() => Promise.resolve(refusals.length), { fits: (count) => count === 8 });
    const refusal = { status: 429, retryAfter: '5', type: 'urn:mcp-registry:problem:too-many-bodies' };
    expect(refusals).toEqual(Array(8).fill(refusal));
    expect((await register(other, [item('/a', 100_000)])).status).toBe(200);
    // Those that wait have their turn when one of the first goes away.
    const answers = [...waiting].map(answerOn);
    for (const socket of waiting) socket.write(`{"app_key":"${greedy.appKey}"}`.padEnd(1000));
    open[0]?.destroy();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(32).fill(400));
  });

  it('of all applications that hold all there is have others wait, until a client goes away', async () => {
    const greedy = [await createRegistrant(app), await createRegistrant(app)];
    const other = await createRegistrant(app);
    await Promise.all(greedy.flatMap((each) => [begin(each, MAX_BYTES), begin(each, MAX_BYTES)]));
    let isAnswered = false;
    const answer = register(other, [item('/a', 100)]).finally(() => {
      isAnswered = true;
    });
    expect((await exchange(app.url, { method: 'GET', target: '/health/live', headers: {} })).status).toBe(
      200,
    );
    expect(isAnswered).toBe(false);
    open[0]?.destroy();
    expect((await answer).status).toBe(200);
  });

  it('of which clients went away while they waited leave their place to others', async () => {
    const greedy = await createRegistrant(app);
    await Promise.all([begin(greedy, MAX_BYTES), begin(greedy, MAX_BYTES)]);
    const first = await beginMany(greedy, 40);
    await eventually(() => Promise.resolve(first.refusals.length), { fits: (count) => count === 8 });
    for (const socket of first.waiting) socket.destroy();
    await eventually(
      async () => {
        const { waiting } = await beginMany(greedy, 1);
        await exchange(app.url, { method: 'GET', target: '/health/live', headers: {} });
        return waiting.size;
      },
      { fits: (count) => count === 1 },
    );
  });

  it('without an announced length are counted as they come', async () => {
    const orders = await createRegistrant(app);
    await begin(orders, MAX_BYTES);
    await begin(orders, MAX_BYTES - 20 * KIBIBYTE);
    const socket = await begin(
      orders,
      'chunked',
      `${(64 * KIBIBYTE).toString(16)}\r\n${' '.repeat(64 * KIBIBYTE)}\r\n`,
    );
    expect(await answerOn(socket)).toMatchObject({ status: 429, retryAfter: '5' });
    for (const each of open) each.destroy();
    const whole = JSON.stringify({ app_key: orders.appKey, endpoints: [item('/chunked', 150_000)] });
    const answered = await eventually(
      async () =>
        answerOn(
          await begin(orders, 'chunked', `${whole.length.toString(16)}\r\n${whole}\r\n0\r\n\r\n`),
        ).catch(() => undefined),
      { fits: (answer) => answer !== undefined },
    );
    expect(answered?.status).toBe(200);
  });

  it('are read the same in a thread of their own as on the event loop', async () => {
    const orders = await createRegistrant(app);
    const schema = { ü: ['\ud83e\udda3', 'a\\"b'], __proto: { c: null } };
    const endpoints = (more: object): object[] => [
      { name: 'A', path: '/a', method: 'get', requestBody: schema, responseBody: '[1, 2]', ...more },
      { name: 'B', path: '/b', method: 'GET', authConfig: 'free text', isPublic: true, description: null },
    ];
    expect((await register(orders, endpoints({}))).status).toBe(200);
    const before = await discover(app, orders);
    const padded = endpoints({ unknown: 'x'.repeat(100_000) });
    expect(JSON.parse((await register(orders, padded)).body)).toMatchObject({ unchanged: 2 });
    expect(await discover(app, orders)).toEqual(before);
    for (const more of [{ unknown: 'x'.repeat(100_000) }, {}]) {
      const problem = async (fields: object): Promise<unknown> =>
        (JSON.parse((await register(orders, endpoints({ ...more, ...fields }))).body) as { errors?: unknown })
          .errors;
      expect(await problem({ requestBody: [] })).toEqual([
        { pointer: '#/endpoints/0/requestBody', detail: 'must be an object or a string' },
      ]);
      expect(await problem({ requestBody: { a: 'a\u0000' } })).toEqual([
        { pointer: '#/endpoints/0/requestBody/a', detail: 'must be valid Unicode without U+0000' },
      ]);
      expect(await problem({ path: 7 })).toEqual([
        {
          pointer: '#/endpoints/0/path',
          detail: 'must be a string of 1 to 600 characters: a path such as /orders/{orderId}',
        },
      ]);
    }
  });

  it.each([
    [
      'is not JSON',
      `{"app_key":"a"${' '.repeat(100_000)}`,
      'about:blank',
      /^The body is not valid JSON: it ends/,
    ],
    ['is not UTF-8', Buffer.alloc(100_000, 0xff), 'about:blank', /^The body is not valid UTF-8$/],
    [
      'is no object',
      `["${'x'.repeat(100_000)}"]`,
      'urn:mcp-registry:problem:invalid-input',
      /^# must be a JSON object/,
    ],
    [
      'holds too many values',
      `{"x":[${'{},'.repeat(70_000)}0]}`,
      'urn:mcp-registry:problem:invalid-input',
      /^# must not hold more than 32768 values/,
    ],
    [
      'holds a string of JSON that is nested too deep',
      JSON.stringify({ endpoints: [{ requestBody: '['.repeat(100_000) }] }),
      'urn:mcp-registry:problem:invalid-input',
      /^#\/endpoints\/0\/requestBody is a string of JSON whose #[/0]+ must not be nested deeper than 100 levels/,
    ],
  ])('a large one that %s is refused', async (_, body, type, detail) => {
    const { headers } = await createRegistrant(app);
    const answer = await exchange(app.url, {
      method: 'POST',
      target: '/register/endpoints',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body,
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 400,
      type,
      detail: expect.stringMatching(detail),
    });
  });

  it('where no route is are not read', async () => {
    const answer = await exchange(app.url, {
      method: 'POST',
      target: '/nowhere',
      headers: { 'Content-Type': 'application/json' },
      body: '{',
    });
    expect(answer.status).toBe(404);
  });

  it.each(['null', 'true', '5', '"text"', '[]', '{"endpoints":null}'])(
    'that are JSON but no batch are refused, small and large: %s',
    async (text) => {
      const { headers } = await createRegistrant(app);
      for (const body of [text, text.padEnd(100 * KIBIBYTE)]) {
        const answer = await app.http
          .post('/register/endpoints')
          .set({ ...headers, 'Content-Type': 'application/json' })
          .send(body);
        expect(answer.status).toBe(400);
        expect(answer.body).toMatchObject({ type: 'urn:mcp-registry:problem:invalid-input' });
      }
    },
  );
});
