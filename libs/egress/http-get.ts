import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failed, StaleConnection } from './exchange-errors.js';
import { CLOSED_EARLY, failureReason, isStale } from './failure-reason.js';
import type { PinnedOptions } from './pinned-agents.js';

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 64 * 1024;
/** Interim responses (1xx) before the final one. */
const MAX_INTERIM_RESPONSES = 100;
const SWITCHING_PROTOCOLS = 101;
/** Their messages end with the header section, whatever length it announces (RFC 9112 section 6.3). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/** A final response, read to its end or to as much of it as is read of any. */
export interface FinalResponse {
  readonly status: number;
  readonly location: string | undefined;
}

/**
 * Sends one GET and reads the response: the final one, however many interim ones come before it (RFC 9110 section
 * 15.2).
 *
 * @throws StaleConnection when a kept connection turned out to be closed; Failed; what Node says of the network
 */
export async function httpGet(options: PinnedOptions): Promise<FinalResponse> {
  const request = (options.protocol === 'https:' ? httpsRequest : httpRequest)({
    ...options,
    method: 'GET',
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  let fault: unknown;
  request.on('error', (error) => (fault ??= error));
  const response = await finalResponseTo(request).catch((error: unknown) => {
    throw request.reusedSocket && isStale(error) ? new StaleConnection(failureReason(error)) : error;
  });
  const { statusCode: status = 0, headers } = response;
  if (status === SWITCHING_PROTOCOLS || (WITHOUT_BODY.has(status) && announcesBody(response))) {
    // What may follow on the connection is no response to a request.
    request.destroy();
  } else {
    await discardBody(response).catch((error: unknown) => {
      throw fault ?? error;
    });
  }
  return { status, location: headers.location && inUtf8(headers.location) };
}

function finalResponseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let interim = 0;
    request
      .on('information', () => {
        interim += 1;
        if (interim > MAX_INTERIM_RESPONSES) {
          request.destroy(new Failed(`more than ${MAX_INTERIM_RESPONSES} interim responses`));
        }
      })
      .once('response', resolve)
      .once('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response);
      })
      .once('error', reject)
      .once('close', () => {
        reject(new Failed(CLOSED_EARLY));
      })
      .end();
  });
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Reads what may be read of a body; breaking off closes the connection. */
async function discardBody(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes >= MAX_BODY_BYTES) break;
  }
  // Only then is the connection free for the next request, or gone.
  await nextTurn();
}

/** Node reads headers as Latin-1; servers send URLs in UTF-8. */
function inUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString();
}
