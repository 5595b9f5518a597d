import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ClientCertificate } from './client-certificate.js';

/** What the command line asks for; `fetch` takes it as well. */
interface RequestToSend {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal?: AbortSignal;
}

export type Fetch = (url: string, request: RequestToSend) => Promise<Response>;

/** Statuses whose `Response` must have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** As `fetch`, which Node.js gives no way to show a client certificate, with connections that are kept. */
export function certifiedFetch(certificate: ClientCertificate): Fetch {
  const agent = new Agent({ ...certificate, keepAlive: true });
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      request(url, { agent, method, headers, signal })
        // Where the reason of a failure stands in the errors of fetch.
        .once('error', (error) => {
          reject(error.cause === undefined ? new Error('fetch failed', { cause: error }) : error);
        })
        .once('response', (message) => {
          const { statusCode: status = 0 } = message;
          const hasBody = !WITHOUT_BODY.has(status);
          if (!hasBody) message.resume();
          resolve(
            new Response(hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null, {
              status,
              headers: Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
                values.map((value): [string, string] => [name, value]),
              ),
            }),
          );
        })
        .end(body);
    });
}
