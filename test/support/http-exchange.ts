import { Agent, request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request as it goes over the wire: path, headers and body are sent exactly as they are. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, already percent-encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Without its encoding, of which gzip is known. */
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends a request that neither a URL parser nor a client library has tidied up. */
export function exchange(
  origin: string,
  { method, target, headers, body }: WireRequest,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const outgoing = httpRequest(
      { hostname, port, method, path: target, agent, headers: { ...mutable(headers), ...framing(body) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: decoded(Buffer.concat(chunks), incoming.headers['content-encoding']).toString('utf8'),
          });
        });
      },
    );
    // After the answer began this changes nothing: a server may refuse a body before it has read it.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  return encoding === 'gzip' ? gunzipSync(body) : body;
}

function mutable(headers: WireRequest['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

/** Node frames a body by itself only where it expects one, which is not with GET. */
function framing(body: WireRequest['body']): Record<string, number> {
  return body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
}
