import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { insertApplications } from '../support/bulk-rows.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect } from '../support/jest.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { itIn, type TestSet } from '../support/test-set.js';

const HEAD = `Host: localhost\r\nX-Admin-Key: ${AS_ADMIN['X-Admin-Key']}\r\n`;
const BODY = 'Content-Type: application/json\r\nContent-Length: 1000\r\n';
/** More than the sockets of both sides hold. */
const COUNT = 1500;

/** Clients that send or read slowly, or not at all. */
export function slowClients(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  describe('slow clients', () => {
    let app: TestApp;

    beforeAll(async () => {
      app = await startApp({ REQUEST_TIMEOUT: '1', HEALTH_CHECK_TIMEOUT: '1', KEEP_ALIVE_TIMEOUT: '1' });
      await insertApplications(app.database, COUNT);
      await app.database.query(`UPDATE "Application" SET "description" = repeat('x', 10000)`);
    });
    afterAll(() => app.close());

    async function open(bytes: string): Promise<Socket> {
      const { hostname, port } = new URL(app.url);
      const socket = connect({ host: hostname, port: Number(port) });
      await once(socket, 'connect');
      socket.write(bytes);
      return socket;
    }

    /** All that comes back while a byte is sent now and then; resolves when the service has closed. */
    async function trickle(begin: string, byte: string): Promise<string> {
      for (;;) {
        const answer = await trickleOnce(begin, byte);
        // A byte that met the closed socket of the service made the kernel discard the answer.
        if (answer !== undefined) return answer;
      }
    }

    /** @returns undefined when the connection was reset before anything was read */
    async function trickleOnce(begin: string, byte: string): Promise<string | undefined> {
      const socket = await open(begin);
      const more = setInterval(() => socket.write(byte), 50);
      // The service closes while bytes are still on their way to it: an error comes before the close.
      const resets: Error[] = [];
      const closed = new Promise((resolve) => {
        socket.on('error', (error) => resets.push(error)).once('close', resolve);
      });
      const answer: string[] = [];
      socket.setEncoding('utf8').on('data', (part: string) => answer.push(part));
      await closed;
      clearInterval(more);
      return resets.length > 0 && answer.length === 0 ? undefined : answer.join('');
    }

    briefly('those that do not send what they began are told so and left', async () => {
      const answers = await Promise.all([
        trickle('', ''),
        trickle('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', 'a'),
        trickle(`POST /applications HTTP/1.1\r\n${HEAD}${BODY}\r\n`, ' '),
        trickle(`POST /applications HTTP/1.1\r\n${HEAD}${BODY}\r\n{"name":`, ''),
      ]);
      for (const answer of answers) {
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        expect(head.split('\r\n')).toEqual([
          'HTTP/1.1 408 Request Timeout',
          expect.stringMatching(/^x-request-id: /),
          'content-type: application/problem+json; charset=utf-8',
          `content-length: ${body.length}`,
          'cache-control: no-store',
          'connection: close',
        ]);
        expect(JSON.parse(body)).toMatchObject({
          type: 'about:blank',
          title: 'Request Timeout',
          status: 408,
          detail: 'The request did not arrive in time.',
        });
      }
    });

    briefly('one that sends a refused body gets one complete answer', async () => {
      const answer = await trickle(`GET /applications HTTP/1.1\r\n${HEAD}${BODY}\r\n`, ' ');
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    });

    inSoak(
      'one whose answer left long before the rest of its request is late gets no second one',
      async () => {
        const answer = await trickle(`GET /health HTTP/1.1\r\n${HEAD}${BODY}\r\n`, ' ');
        expect(answer).toMatch(/^HTTP\/1\.1 200 /);
        expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
      },
    );

    briefly('one that does not read its answer is left, and leaves nothing behind', async () => {
      const socket = await open(`GET /applications HTTP/1.1\r\n${HEAD}\r\n`);
      await once(socket, 'readable');
      const connections = (): Promise<number> =>
        new Promise((resolve) => {
          app.nest.getHttpServer().getConnections((_error: unknown, count: number) => {
            resolve(count);
          });
        });
      expect(await connections()).toBe(1);
      await eventually(connections, { fits: (count) => count === 0 });
      await expect(text(socket)).resolves.not.toMatch(/\]\r\n0\r\n\r\n$/);
    });

    inSoak('one that reads slowly, but reads, gets all of it', async () => {
      const socket = await open(`GET /applications HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);
      let received = '';
      for await (const part of socket.setEncoding('utf8')) {
        received += part as string;
        // Longer altogether than the service waits for a client that reads nothing.
        if (received.length < 3_000_000) await new Promise((resolve) => setTimeout(resolve, 60));
      }
      expect(received).toMatch(/\]\r\n0\r\n\r\n$/);
    });

    briefly('one that asks nothing more is left without a word', async () => {
      const answer = await trickle(`GET /health/live HTTP/1.1\r\n${HEAD}\r\n`, '');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toMatch(/\r\nKeep-Alive: timeout=1\r\n/i);
      expect(answer.endsWith('{"status":"ok"}')).toBe(true);
    });
  });
}
