import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Problem, PROBLEM_MEDIA_TYPE } from './problem.js';

/** What Node's parser calls the requests it gives up on; everything else is a 400. */
const PARSER_ERRORS: Readonly<Record<string, { status: number; detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'URL and headers together are too long, or there are too many headers.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    detail: 'The chunk extensions of the body are longer than 16384 bytes.',
  },
};
/** What ends a TLS handshake, plain HTTP among it: the client could not read an answer. */
const TLS_ERROR = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/;
const MALFORMED = { status: 400, detail: 'The request is not well-formed HTTP.' };

/** Connections on which a request was answered before all of it had arrived. */
const answeredEarly = new WeakSet<Socket>();

/** Marks sockets whose request was answered before it was complete: later parse errors are not reported. */
export function markAnswered({ complete, socket }: IncomingMessage): void {
  if (!complete) answeredEarly.add(socket);
}

/** A connection, and the answer Node is sending on it. */
type AnsweringSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Answers what could not be read as an HTTP request with a problem document, straight on the connection, and
 * closes it. Its `instance` names the occurrence: the path is not known. An answer that has begun is broken off, and
 * none is followed by a second one, which a client would take for that to its next request.
 */
export function answerUnreadableRequest(error: { readonly code?: string }, socket: AnsweringSocket): void {
  const isAnswered = socket._httpMessage?.headersSent === true || answeredEarly.has(socket);
  const { code = '' } = error;
  if (code === 'ECONNRESET' || TLS_ERROR.test(code) || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const { status, detail } = PARSER_ERRORS[code] ?? MALFORMED;
  const title = STATUS_CODES[status] ?? 'Error';
  const requestId = randomUUID();
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    requestId,
  };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `x-request-id: ${requestId}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
    socket.destroy();
  });
}
