import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { AddressResolver } from '#libs/egress/address-resolver.js';
import { EgressClient, type EgressClientOptions, type EgressOutcome } from '#libs/egress/egress-client.js';
import { EgressPolicy, type EgressSettings } from '#libs/egress/egress-policy.js';
import { type DnsServer, startDnsServer } from '../../support/dns-server.js';
import { FORBIDDEN_URLS } from '../../support/forbidden-urls.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../../support/jest.js';
import {
  type LoopbackOrigin,
  type LoopbackOriginOptions,
  redirect,
  startOrigin,
  status,
} from '../../support/loopback-origin.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';

/** A real server that must receive no request. */
const FORBIDDEN_ADDRESS = '127.0.0.2';
const PATIENT = 20_000;
const SHORT = 300;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function origin(
  answer: Parameters<typeof startOrigin>[0],
  options?: LoopbackOriginOptions,
): Promise<LoopbackOrigin> {
  const started = await startOrigin(answer, options);
  closing.push(() => started.close());
  return started;
}

function client({
  settings = {},
  timeoutMs = PATIENT,
  ...options
}: { settings?: Partial<EgressSettings> } & Partial<EgressClientOptions> = {}): EgressClient {
  const made = new EgressClient({
    policy: new EgressPolicy({
      allow: [],
      deny: [`${FORBIDDEN_ADDRESS}/32`],
      loopbackClosed: false,
      ...settings,
    }),
    timeoutMs,
    ...options,
  });
  closing.push(() => {
    made.close();
  });
  return made;
}

const get = (url: string, options?: Parameters<typeof client>[0]): Promise<EgressOutcome> =>
  client(options).get(url);

const response = (code: number): unknown => ({ kind: 'response', status: code, seconds: expect.any(Number) });
const failure = (reason: string): unknown => ({
  kind: 'failure',
  reason: expect.stringContaining(reason),
  seconds: expect.any(Number),
});
const error = (reason: string): unknown => ({
  kind: 'error',
  reason: expect.stringContaining(reason),
  seconds: expect.any(Number),
});

/** A server that does to every connection what it is told. */
async function rawServer(onConnection: Parameters<typeof createServer>[1]): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  server.on('connection', (socket) => sockets.add(socket));
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('an answer', () => {
  it.each([200, 204, 301, 304, 404, 418, 500, 503])('with the status %i is a response', async (code) => {
    const { url } = await origin(status(code));
    const outcome = await get(`${url}/health`);
    expect(outcome).toEqual(response(code));
    expect(outcome.seconds).toBeGreaterThan(0);
    expect(outcome.seconds).toBeLessThan(PATIENT / 1000);
  });

  it('counts whatever its content type and however it is encoded', async () => {
    const { url } = await origin((_, answer) => {
      answer.writeHead(200, { 'content-type': 'image/\u00ff', 'content-encoding': 'gzip' }).end('not gzip');
    });
    expect(await get(url)).toEqual(response(200));
  });

  it('counts after interim answers', async () => {
    const { url } = await origin((_, answer) => {
      answer.writeProcessing();
      answer.writeEarlyHints({ link: '</a>; rel=preload' });
      answer.end('up');
    });
    expect(await get(url)).toEqual(response(200));
  });

  it.each([
    ['204 with a Content-Length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 204],
    ['204 with Content-Length: 0', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204],
    ['204 with a large Content-Length', `HTTP/1.1 204 No Content\r\nContent-Length: ${2 ** 40}\r\n\r\n`, 204],
    ['204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello', 204],
    ['204 with a body of no announced length', 'HTTP/1.1 204 No Content\r\n\r\nhello', 204],
    ['204 in chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', 204],
    [
      '204 in chunks that follow',
      'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      204,
    ],
    ['204 of HTTP/1.0', 'HTTP/1.0 204 No Content\r\nContent-Length: 5\r\n\r\n', 204],
    ['205 with Content-Length: 0', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n', 205],
    ['205 in chunks', 'HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 205],
    ['304 with a Content-Length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n', 304],
    ['100, not asked for', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, 200],
    ['100 with headers', `HTTP/1.1 100 Continue\r\nContent-Length: 5\r\nDate: x\r\n\r\n${OK}`, 200],
    [
      'several of 1xx',
      `${[100, 102, 103, 100, 199].map((code) => `HTTP/1.1 ${code} x\r\n\r\n`).join('')}${OK}`,
      200,
    ],
    [
      '100 before a 204',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
      204,
    ],
    ['100 before a 503', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n', 503],
    ['101 with Upgrade', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00', 101],
    ['101 without Upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 101],
  ])('of %s is a response, on a connection that stays open, whole or byte by byte', async (_, sent, code) => {
    const open = new Set<Socket>();
    const url = await rawServer((socket) => {
      open.add(socket);
      socket.setNoDelay();
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
      socket.on('data', () => {
        if (socket.bytesRead > 0 && isFirst()) socket.write(sent, 'latin1');
        else [...sent].forEach((byte) => socket.write(byte, 'latin1'));
      });
    });
    let requests = 0;
    const isFirst = (): boolean => ++requests % 2 === 1;
    const asking = client();
    for (let exchange = 1; exchange <= 4; exchange++) expect(await asking.get(url)).toEqual(response(code));
    expect(requests).toBe(4);
    // Nothing but what an agent keeps for the next request.
    await until(() => open.size <= 1);
  });

  it('with a body where none may be leaves nothing to the next exchange', async () => {
    const poison = 'HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n';
    for (const head of [
      `HTTP/1.1 204 x\r\nContent-Length: ${poison.length}\r\n\r\n`,
      'HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n',
    ]) {
      const url = await rawServer((socket) => {
        socket
          .on('error', () => undefined)
          .on('data', () => {
            socket.write(head);
            setImmediate(() => socket.write(poison));
          });
      });
      const asking = client();
      const code = Number(head.slice(9, 12));
      for (let exchange = 1; exchange <= 4; exchange++) expect(await asking.get(url)).toEqual(response(code));
    }
  });

  it('is asked for with GET, the path and query, the host, and no credentials', async () => {
    const requests: unknown[] = [];
    const { url, port } = await origin(({ method, url: path, headers }, answer) => {
      requests.push({ method, path, headers });
      answer.end();
    });
    expect(await get(`${url}/health%20check?deep=1&x=a%2Fb#part`)).toEqual(response(200));
    expect(requests).toEqual([
      {
        method: 'GET',
        path: '/health%20check?deep=1&x=a%2Fb',
        headers: {
          host: `127.0.0.1:${port}`,
          connection: 'close',
          accept: '*/*',
          'user-agent': 'mcp-registry-server',
        },
      },
    ]);
  });

  it('with an endless body is a response, once 64 KiB are read', async () => {
    let stopped = false;
    const { url } = await origin((_, answer) => {
      answer.on('close', () => {
        stopped = true;
      });
      const more = (): void => {
        while (!answer.destroyed && answer.write('x'.repeat(16_384)));
      };
      answer.on('drain', more);
      more();
    });
    expect(await get(url)).toEqual(response(200));
    await until(() => stopped);
  });
});

describe('a failure', () => {
  it('is a connection refused', async () => {
    const gone = await startOrigin(status(200));
    await gone.close();
    expect(await get(gone.url)).toEqual(failure('connection refused'));
  });

  it('is a connection reset', async () => {
    const url = await rawServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy());
    });
    expect(await get(url)).toEqual(failure('connection reset'));
  });

  it('is a connection closed before, in and after the headers', async () => {
    for (const sent of [
      '',
      'HTTP/1.1 200 OK\r\nContent-Le',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf',
    ]) {
      const url = await rawServer((socket) => {
        socket.on('error', () => undefined).once('data', () => socket.end(sent));
      });
      expect(await get(url)).toEqual(failure('connection closed before the response was complete'));
    }
  });

  it('is an answer that is not HTTP', async () => {
    const url = await rawServer((socket) => {
      socket.on('error', () => undefined).end('220 smtp.test ready\r\n');
    });
    expect(await get(url)).toEqual(failure('not a valid HTTP response'));
  });

  it('is an answer of interim responses without end', async () => {
    const url = await rawServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          const more = (): void => {
            while (!socket.destroyed && socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10)));
          };
          socket.on('drain', more);
          more();
        });
    });
    expect(await get(url)).toEqual(failure('more than 100 interim responses'));
  });

  it('is an answer with headers without end', async () => {
    const url = await rawServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 200 OK\r\n${`X-Filler: ${'x'.repeat(1000)}\r\n`.repeat(40)}`);
    });
    expect(await get(url)).toEqual(failure('response headers too large'));
  });

  it.each([
    ['the headers', ''],
    ['the end of the headers', 'HTTP/1.1 200 OK\r\n'],
    ['the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
    ['the end of the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('is a timeout while waiting for %s', async (_, sent) => {
    const url = await rawServer((socket) => {
      socket.on('error', () => undefined).write(sent);
    });
    expect(await get(url, { timeoutMs: SHORT })).toEqual(failure('timeout after 0.3 s'));
  });

  it('is a timeout when every part is quick, but all of it is slow', async () => {
    const timers = new Set<NodeJS.Timeout>();
    const { url } = await origin((_, answer) => {
      const timer = setInterval(() => answer.write('.'), 20);
      timers.add(timer);
      answer.on('close', () => {
        clearInterval(timer);
        timers.delete(timer);
      });
    });
    expect(await get(url, { timeoutMs: SHORT })).toEqual(failure('timeout after 0.3 s'));
    await until(() => timers.size === 0);
  });

  it('is a timeout of the DNS', async () => {
    const resolver: AddressResolver = { resolve: () => new Promise(() => undefined) };
    expect(await get('http://silent.test/', { resolver, timeoutMs: SHORT })).toEqual(failure('timeout'));
  });

  it('is a name that does not resolve, asked for as other programs do', async () => {
    expect(await get('http://nowhere.invalid/')).toEqual(failure('nowhere.invalid does not resolve ('));
  });

  it('is an untrusted certificate', async () => {
    const { url } = await origin(status(200), { certificate: selfSignedCertificate('localhost') });
    expect(await get(url)).toEqual(failure('TLS failed (DEPTH_ZERO_SELF_SIGNED_CERT)'));
  });

  it('is a certificate of another name', async () => {
    const certificate = selfSignedCertificate('other.test');
    const { port } = await origin(status(200), { certificate });
    expect(await get(`https://localhost:${port}/`, { ca: certificate.cert })).toEqual(
      failure('TLS failed (ERR_TLS_CERT_ALTNAME_INVALID)'),
    );
  });

  it('is TLS asked of a server that has none', async () => {
    const { port } = await origin(status(200));
    expect(await get(`https://127.0.0.1:${port}/`)).toEqual(failure('TLS failed ('));
  });
});

describe('an error', () => {
  it('is every forbidden URL, without a look-up', async () => {
    const asked: string[] = [];
    const resolver: AddressResolver = {
      resolve: (hostname) => {
        asked.push(hostname);
        return Promise.resolve(['127.0.0.1']);
      },
    };
    const asking = client({ resolver });
    for (const [url, why] of FORBIDDEN_URLS) expect(await asking.get(url)).toEqual(error(why));
    expect(asked).toEqual([]);
  });

  it('is what EGRESS_DENY lists, and no connection is made', async () => {
    const forbidden = await origin(status(200), { address: FORBIDDEN_ADDRESS });
    expect(await get(forbidden.url)).toEqual(error('127.0.0.2 is refused: EGRESS_DENY lists 127.0.0.2/32'));
    expect(await get(`http://[::ffff:127.0.0.2]:${forbidden.port}/`)).toEqual(error('EGRESS_DENY lists'));
    expect(forbidden.connections).toBe(0);
    expect(await get(forbidden.url, { settings: { deny: [] } })).toEqual(response(200));
    expect(forbidden.connections).toBe(1);
  });

  it('is what EGRESS_ALLOW does not list', async () => {
    const { url, port } = await origin(status(200));
    const settings = { allow: ['127.0.0.0/30'] };
    expect(await get(url, { settings })).toEqual(response(200));
    expect(await get(`http://127.0.0.4:${port}/`, { settings })).toEqual(
      error('127.0.0.4 is refused: EGRESS_ALLOW does not list it'),
    );
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('with the status %i are followed', async (code) => {
    const { url } = await origin({ '/a': redirect('/b', code), '/b': status(204) });
    expect(await get(`${url}/a`)).toEqual(response(204));
  });

  it('lead to other servers and are resolved against where they come from', async () => {
    const second = await origin(
      { '/x/': redirect('y?z=1'), '/x/y?z=1': status(202) },
      { address: '127.0.0.3' },
    );
    const first = await origin({ '/': redirect(`//127.0.0.3:${second.port}/x/#part`) });
    expect(await get(first.url)).toEqual(response(202));
    expect([first.connections, second.connections]).toEqual([1, 2]);
  });

  it('are followed five times, and not a sixth time', async () => {
    const { url, hosts } = await origin(({ url: path = '' }, answer) => {
      const left = Number(path.slice(1));
      if (left === 0) answer.end();
      else answer.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await get(`${url}/5`)).toEqual(response(200));
    expect(hosts).toHaveLength(6);
    expect(await get(`${url}/6`)).toEqual(failure('more than 5 redirects'));
    expect(hosts).toHaveLength(12);
  });

  it('in circles are a failure, at the first place that was there before', async () => {
    const { url, hosts } = await origin({
      '/a': redirect('/b'),
      '/b': redirect('/a#again'),
      '/c': redirect('/c'),
    });
    expect(await get(`${url}/a`)).toEqual(failure(`redirect loop at ${url}/a`));
    expect(hosts).toHaveLength(2);
    expect(await get(`${url}/c`)).toEqual(failure('redirect loop'));
    expect(hosts).toHaveLength(3);
  });

  it('into closed loopback are an error, as a URL, a name and an answer of the DNS', async () => {
    const closed = await origin(status(200), { address: '127.0.0.3' });
    const settings = { allow: ['127.0.0.1', '0.0.0.0/0', '::/0'], deny: [], loopbackClosed: true };
    const resolver: AddressResolver = { resolve: () => Promise.resolve(['10.0.0.1', '127.0.0.3']) };
    for (const host of ['127.0.0.3', '[::ffff:127.0.0.3]', 'localhost', 'inward.test']) {
      const { url } = await origin(redirect(`http://${host}:${closed.port}/`));
      expect(await get(url, { settings, resolver })).toEqual(error('it is a loopback address'));
    }
    expect(closed.connections).toBe(0);
  });

  it('to paths in UTF-8 are followed', async () => {
    const { url } = await origin({
      '/': redirect(Buffer.from('/größe').toString('latin1')),
      '/gr%C3%B6%C3%9Fe': status(204),
    });
    expect(await get(url)).toEqual(response(204));
  });

  it('without a place to go are the answer', async () => {
    const { url } = await origin(status(302));
    expect(await get(url)).toEqual(response(302));
  });

  it('into what is forbidden are an error, on whichever hop', async () => {
    const forbidden = await origin(status(200), { address: FORBIDDEN_ADDRESS });
    const { url } = await origin({
      '/1': redirect(`${forbidden.url}/up`),
      '/2': redirect('/1'),
      '/3': redirect('/2'),
    });
    for (const path of ['/1', '/2', '/3']) {
      expect(await get(`${url}${path}`)).toEqual(error('redirect: 127.0.0.2 is refused: EGRESS_DENY lists'));
    }
    expect(forbidden.connections).toBe(0);
  });

  it.each(
    // Relative ones mean something else in a redirect; headers hold no text beyond Latin-1.
    FORBIDDEN_URLS.filter(([url]) => /^(?!https?:(?!\/\/[^/]))[a-z]+:[\x21-\x7e]+$/.test(url)),
  )('to %s are an error (%s)', async (location, why) => {
    const { url } = await origin(redirect(location));
    expect(await get(url)).toEqual(error(`redirect: `));
    expect(await get(url)).toEqual(error(why));
  });

  it('are followed from http to https, and not back', async () => {
    const certificate = selfSignedCertificate('localhost');
    const plain = await origin({
      '/': status(200),
      '/up': redirect(() => `${tls}/final`),
      '/down': redirect(() => `${tls}/`),
    });
    const secure = await origin({ '/': redirect(plain.url), '/final': status(201) }, { certificate });
    const tls = `https://localhost:${secure.port}`;
    const asking = client({ ca: certificate.cert });
    expect(await asking.get(`${plain.url}/up`)).toEqual(response(201));
    expect(await asking.get(`${tls}/`)).toEqual(error('redirect: from https: to http: is refused'));
    expect(await asking.get(`${plain.url}/down`)).toEqual(error('redirect: from https: to http: is refused'));
  });

  it('share one timeout', async () => {
    const timers: NodeJS.Timeout[] = [];
    let hops = 0;
    const { url } = await origin((_, answer) => {
      hops += 1;
      timers.push(setTimeout(() => answer.writeHead(302, { location: `/${hops}` }).end(), 200));
    });
    expect(await get(url, { timeoutMs: 500 })).toEqual(failure('timeout after 0.5 s'));
    expect(hops).toBeLessThanOrEqual(3);
    timers.forEach(clearTimeout);
  });
});

describe('names', () => {
  let dns: DnsServer;
  beforeAll(async () => {
    dns = await startDnsServer();
  });
  afterAll(() => dns.close());

  /** Servers on one port of several addresses. */
  async function neighbours(...addresses: readonly string[]): Promise<LoopbackOrigin[]> {
    for (let attempt = 1; ; attempt++) {
      const started: LoopbackOrigin[] = [];
      try {
        for (const address of addresses) {
          started.push(await startOrigin(status(200), { address, port: started[0]?.port ?? 0 }));
        }
        closing.push(...started.map((each) => () => each.close()));
        return started;
      } catch (reason) {
        // The port that was free on the first address is taken on another one.
        await Promise.all(started.map((each) => each.close()));
        if (attempt === 10) throw reason;
      }
    }
  }

  const questionsAbout = (name: string): string[] =>
    dns.questions.filter((each) => each.endsWith(` ${name}`));

  it('are resolved once for each exchange, and stay in the Host header', async () => {
    const [one] = await neighbours('127.0.0.1');
    dns.answer('orders.test', ['127.0.0.1']);
    expect(await get(`http://orders.test:${one?.port}/`, { resolver: dns.resolver })).toEqual(response(200));
    expect(questionsAbout('orders.test')).toEqual(['A orders.test', 'AAAA orders.test']);
    expect(one?.hosts).toEqual([`orders.test:${one?.port}`]);
  });

  it('stay the server name of TLS, without the last dot', async () => {
    const certificate = selfSignedCertificate('secure.test');
    const secure = await origin(status(200), { certificate });
    dns.answer('secure.test', ['127.0.0.1']);
    const asking = client({ resolver: dns.resolver, ca: certificate.cert });
    expect(await asking.get(`https://secure.test:${secure.port}/`)).toEqual(response(200));
    expect(await asking.get(`https://SECURE.test.:${secure.port}/`)).toEqual(response(200));
    expect(new Set(secure.serverNames)).toEqual(new Set(['secure.test']));
    expect(new Set(secure.hosts)).toEqual(new Set([`secure.test:${secure.port}`]));
  });

  it('that are bound to another, forbidden address between two look-ups lead nowhere', async () => {
    const [allowed, forbidden] = await neighbours('127.0.0.1', FORBIDDEN_ADDRESS);
    dns.answer('rebinding.test', ['127.0.0.1'], [FORBIDDEN_ADDRESS]);
    const asking = client({ resolver: dns.resolver });
    const url = `http://rebinding.test:${allowed?.port}/`;
    // A second look-up within the first exchange would already give the forbidden address.
    expect(await asking.get(url)).toEqual(response(200));
    expect(await asking.get(url)).toEqual(
      error('rebinding.test resolves to 127.0.0.2, which is refused: EGRESS_DENY lists 127.0.0.2/32'),
    );
    expect([allowed?.connections, forbidden?.connections]).toEqual([1, 0]);
    expect(questionsAbout('rebinding.test')).toHaveLength(4);
  });

  it('that are bound to another address within an exchange are judged on the next hop', async () => {
    const forbidden = await origin(status(200), { address: FORBIDDEN_ADDRESS });
    dns.answer('hopping.test', ['127.0.0.1'], [FORBIDDEN_ADDRESS]);
    const { port } = await origin({ '/': redirect(() => `http://hopping.test:${forbidden.port}/`) });
    expect(await get(`http://hopping.test:${port}/`, { resolver: dns.resolver })).toEqual(
      error('redirect: hopping.test resolves to 127.0.0.2, which is refused'),
    );
    expect(forbidden.connections).toBe(0);
  });

  it('that move are asked at their new address, not over a kept connection', async () => {
    const [before, after] = await neighbours('127.0.0.1', '127.0.0.3');
    dns.answer('moving.test', ['127.0.0.1'], ['127.0.0.3'], ['127.0.0.3'], ['127.0.0.1']);
    const asking = client({ resolver: dns.resolver });
    const url = `http://moving.test:${before?.port}/`;
    for (let exchange = 1; exchange <= 3; exchange++) expect(await asking.get(url)).toEqual(response(200));
    expect([before?.hosts.length, after?.hosts.length]).toEqual([1, 2]);
    expect([before?.connections, after?.connections]).toEqual([1, 1]);
  });

  it.each([
    [['127.0.0.1', FORBIDDEN_ADDRESS]],
    [[FORBIDDEN_ADDRESS, '127.0.0.1']],
    [['127.0.0.1', '127.0.0.3', '169.254.169.254']],
    [['127.0.0.1', '::ffff:127.0.0.2']],
    [['127.0.0.1', '64:ff9b::a9fe:a9fe']],
    [['127.0.0.1', 'fe80::1']],
    [['127.0.0.1', 'fd00:ec2::254']],
    [['127.0.0.1', '::']],
    [['127.0.0.1', '0.0.0.0']],
  ])('that resolve to %j are refused for one of the addresses', async (addresses) => {
    const [allowed, forbidden] = await neighbours('127.0.0.1', FORBIDDEN_ADDRESS);
    dns.answer('mixed.test', addresses);
    expect(await get(`http://mixed.test:${allowed?.port}/`, { resolver: dns.resolver })).toEqual(
      error('mixed.test resolves to '),
    );
    expect([allowed?.connections, forbidden?.connections]).toEqual([0, 0]);
  });

  it('in a redirect are refused for what they resolve to', async () => {
    dns.answer('metadata.test', ['169.254.169.254']);
    const { url } = await origin(redirect('http://metadata.test/latest/meta-data/'));
    expect(await get(url, { resolver: dns.resolver })).toEqual(
      error(
        'redirect: metadata.test resolves to 169.254.169.254, which is refused: it is a link-local address',
      ),
    );
  });

  it('with several addresses are asked at the next when one refuses the connection', async () => {
    const [live] = await neighbours('127.0.0.3');
    dns.answer('half.test', ['127.0.0.4', '127.0.0.3']);
    expect(await get(`http://half.test:${live?.port}/`, { resolver: dns.resolver })).toEqual(response(200));
    dns.answer('none.test', ['127.0.0.4', '127.0.0.5']);
    expect(await get(`http://none.test:${live?.port}/`, { resolver: dns.resolver })).toEqual(
      failure('connection refused'),
    );
  });

  it('that do not exist, or have no address, are a failure', async () => {
    dns.answer('empty.test', []);
    const asking = client({ resolver: dns.resolver });
    expect(await asking.get('http://missing.test/')).toEqual(
      failure('missing.test does not resolve (ENOTFOUND)'),
    );
    expect(await asking.get('http://empty.test/')).toEqual(
      failure('empty.test does not resolve (no address)'),
    );
  });

  it('that EGRESS_ALLOW lists are asked wherever they live, but for denied addresses', async () => {
    const [one, forbidden] = await neighbours('127.0.0.1', FORBIDDEN_ADDRESS);
    const options = {
      resolver: dns.resolver,
      settings: { allow: ['*.listed.test'], deny: [`${FORBIDDEN_ADDRESS}/32`] },
    };
    dns.answer('a.listed.test', ['127.0.0.1']);
    dns.answer('b.listed.test', [FORBIDDEN_ADDRESS]);
    expect(await get(`http://a.listed.test:${one?.port}/`, options)).toEqual(response(200));
    expect(await get(`http://b.listed.test:${one?.port}/`, options)).toEqual(error('EGRESS_DENY lists'));
    expect(await get(`http://listed.test:${one?.port}/`, options)).toEqual(
      error('EGRESS_ALLOW does not list it'),
    );
    expect(questionsAbout('listed.test')).toEqual([]);
    expect(forbidden?.connections).toBe(0);
  });

  it('are found in the hosts file, as by every other program', async () => {
    const { port } = await origin(status(200));
    expect(await get(`http://localhost:${port}/`)).toEqual(response(200));
  });
});

describe('connections', () => {
  it('are kept alive where a server is asked again soon', async () => {
    const server = await origin(status(200, 'up'));
    const asking = client();
    for (let exchange = 1; exchange <= 5; exchange++) {
      expect(await asking.get(`${server.url}/${exchange}`)).toEqual(response(200));
    }
    expect(server.hosts).toHaveLength(5);
    // The first one closed its connection: most servers are asked once in a while.
    expect(server.connections).toBe(2);
  });

  it('are not shared by exchanges at the same time', async () => {
    const waiting: (() => void)[] = [];
    const server = await origin((_, answer) => {
      waiting.push(() => answer.end());
      if (waiting.length === 3)
        waiting.forEach((go) => {
          go();
        });
    });
    const asking = client();
    const outcomes = await Promise.all([1, 2, 3].map(() => asking.get(server.url)));
    expect(outcomes).toEqual([1, 2, 3].map(() => response(200)));
    expect(server.connections).toBe(3);
  });

  it('that the server closes when they are used again are no failure', async () => {
    const seen = new Set<unknown>();
    const server = await origin(({ socket }, answer) => {
      if (seen.has(socket)) socket.resetAndDestroy();
      else answer.end();
      seen.add(socket);
    });
    const asking = client();
    for (let exchange = 1; exchange <= 3; exchange++) {
      expect(await asking.get(server.url)).toEqual(response(200));
    }
    expect(server.connections).toBe(3);
    expect(server.hosts).toHaveLength(4);
  });

  it('are not opened for an exchange that has ended', async () => {
    const hanging = await origin(() => undefined);
    const asking = client({ timeoutMs: SHORT });
    for (let exchange = 1; exchange <= 3; exchange++) {
      expect(await asking.get(hanging.url)).toEqual(failure('timeout'));
      await until(() => hanging.open === 0);
    }
    expect(hanging.connections).toBe(3);
  });

  it('after an endless body are not used again', async () => {
    const server = await origin((_, answer) => {
      answer.write('x'.repeat(100_000));
    });
    const asking = client();
    expect(await asking.get(server.url)).toEqual(response(200));
    await until(() => server.open === 0);
    expect(await asking.get(server.url)).toEqual(response(200));
    expect(server.connections).toBe(2);
  });
});

describe('the end', () => {
  it('comes with the caller’s signal, wherever the exchange is', async () => {
    const hanging = await origin(() => undefined);
    const asking = client({ resolver: { resolve: () => new Promise(() => undefined) } });
    for (const url of [hanging.url, 'http://silent.test/']) {
      const caller = new AbortController();
      const exchange = asking.get(url, { signal: caller.signal });
      const reason = new Error('shutting down');
      caller.abort(reason);
      await expect(exchange).rejects.toBe(reason);
      await expect(asking.get(url, { signal: caller.signal })).rejects.toBe(reason);
    }
  });

  it('of the client ends exchanges and connections', async () => {
    const hanging = await origin(({ url }, answer) => {
      if (url === '/up') answer.end();
    });
    const asking = client();
    expect(await asking.get(`${hanging.url}/up`)).toEqual(response(200));
    const exchanges = Promise.allSettled([asking.get(hanging.url), asking.get(hanging.url)]);
    await until(() => hanging.hosts.length === 3);
    asking.close();
    const closed = { status: 'rejected', reason: new Error('the egress client is closed') };
    expect(await exchanges).toEqual([closed, closed]);
    await until(() => hanging.open === 0);
    await expect(asking.get(`${hanging.url}/up`)).rejects.toThrow('the egress client is closed');
  });
});

/** Polls for what happens on the other side of a connection. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
