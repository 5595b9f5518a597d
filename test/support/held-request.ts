import { once } from 'node:events';
import { connect } from 'node:net';
import { AuthMetrics } from '#libs/access/auth-metrics.js';
import { eventually } from './eventually.js';
import { jest } from './jest.js';
import type { TestApp } from './start-app.js';

/** An answer as it came over the wire. */
export interface HeldAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request of which the headers and half the body have been sent, and whose credentials were accepted. */
export interface HeldRequest {
  /** Sends the rest and gives the answer. */
  finish(): Promise<HeldAnswer>;
}

/** Sends the headers and half the body; resolves when the service has accepted the credentials. */
export async function holdRequest(
  app: TestApp,
  method: string,
  path: string,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: object },
): Promise<HeldRequest> {
  // Nothing outside shows when a request that is not yet answered was let in.
  const accepted = jest.spyOn(app.nest.get(AuthMetrics), 'accepted');
  const { hostname, port } = new URL(app.url);
  const bytes = Buffer.from(JSON.stringify(body));
  const half = Math.floor(bytes.length / 2);
  const socket = connect({ host: hostname, port: Number(port) });
  const answer: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => answer.push(chunk));
  const closed = once(socket, 'close');
  socket.write(
    [
      `${method} ${path} HTTP/1.1`,
      'Host: test',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${bytes.length}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ].join('\r\n'),
  );
  socket.write(bytes.subarray(0, half));
  await eventually(() => accepted.mock.calls.length > 0);
  accepted.mockRestore();
  return {
    finish: async () => {
      socket.write(bytes.subarray(half));
      await closed;
      return parsed(Buffer.concat(answer).toString('utf8'));
    },
  };
}

function parsed(text: string): HeldAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [status = '', ...lines] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(
      lines.map((line) => {
        const [name = '', value = ''] = line.split(/: (.*)/s);
        return [name.toLowerCase(), value];
      }),
    ),
    body: body === '' ? undefined : JSON.parse(body),
  };
}
