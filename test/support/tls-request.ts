import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';

/** An answer over TLS, and on which connection it came. */
export interface TlsAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the certificate that the server showed on this connection. */
  readonly fingerprint: string;
  /** Whether a former session was taken up again. */
  readonly resumed: boolean;
  /** To be resumed by another connection. */
  readonly session: Buffer | undefined;
  /** Names the connection. */
  readonly localPort: number;
}

export interface TlsClientOptions extends Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'minVersion' | 'maxVersion' | 'ciphers'
> {
  /** Of a former connection, to be resumed. */
  readonly session?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps connections and sessions; without one the connection ends with the answer. */
  readonly agent?: Agent;
  readonly method?: string;
  readonly body?: object;
}

export async function tlsRequest(
  url: string,
  {
    headers,
    body,
    agent = new Agent({ keepAlive: false, maxCachedSessions: 0 }),
    ...options
  }: TlsClientOptions,
): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      ...options,
      agent,
      timeout: 20_000,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    });
    sent
      .once('timeout', () => sent.destroy(new Error('The server neither answered nor closed')))
      .once('error', reject)
      .once('response', (response) => {
        const socket = response.socket as TLSSocket;
        const connection = {
          fingerprint: socket.getPeerCertificate().fingerprint256,
          resumed: socket.isSessionReused(),
          localPort: socket.localPort ?? 0,
        };
        text(response).then((body) => {
          const session = socket.getSession();
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, body, session, ...connection });
        }, reject);
      })
      .end(body && JSON.stringify(body));
  });
}
