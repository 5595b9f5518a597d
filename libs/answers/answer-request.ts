import { Negotiator } from '@fastify/accept-negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../access/caller.js';
import { SECURITY_SCHEMES } from '../access/security-schemes.js';
import { type Encoding, ENCODINGS, type ReadyAnswer } from './ready-answer.js';

const negotiator = new Negotiator({ supportedValues: [...ENCODINGS, 'identity'] });

/** Which request headers choose among answers to the same URL: of those to anybody, and of those to a caller. */
const PUBLIC_VARY = `Accept-Encoding, ${SECURITY_SCHEMES.environment.header}`;
const PRIVATE_VARY = ['Accept-Encoding', ...Object.values(SECURITY_SCHEMES).map(({ header }) => header)].join(
  ', ',
);

/**
 * Sets status and headers of an answer to a GET and gives the bytes to send: none when the client has them already
 * (RFC 9110, section 13.1.2), in an encoding it accepts where that pays. Caches have to ask before they use it again;
 * an answer for which the caller had to prove who it is may be stored by that caller only.
 */
export function answerRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: ReadyAnswer,
): Buffer | undefined | Promise<Buffer | undefined> {
  const isPublic = callerOf(request).kind === 'anonymous';
  const [cacheControl, vary] = isPublic ? ['no-cache', PUBLIC_VARY] : ['private, no-cache', PRIVATE_VARY];
  const origin = reply.getHeader('vary');
  reply.header('cache-control', cacheControl).header('vary', origin ? `${String(origin)}, ${vary}` : vary);
  const held = tagHeld(request.headers['if-none-match'], answer);
  if (held !== undefined) {
    void reply.status(304).header('etag', held);
    return undefined;
  }
  const encoding = encodingFor(request.headers['accept-encoding']);
  return encoding === undefined ? plain(reply, answer) : encoded(reply, answer, encoding);
}

function plain(reply: FastifyReply, answer: ReadyAnswer): Buffer {
  void reply.type('application/json; charset=utf-8').header('etag', answer.tag);
  return answer.body;
}

async function encoded(reply: FastifyReply, answer: ReadyAnswer, encoding: Encoding): Promise<Buffer> {
  const body = await answer.in(encoding);
  if (body === undefined) return plain(reply, answer);
  // Strong tags tell bytes apart, so that every encoding has its own.
  void reply
    .type('application/json; charset=utf-8')
    .header('content-encoding', encoding)
    .header('etag', `"${answer.digest}-${encoding}"`);
  return body;
}

/** The tag among those the client has that stands for this content, in whatever encoding. */
function tagHeld(ifNoneMatch: string | undefined, { tag, digest }: ReadyAnswer): string | undefined {
  if (ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return tag;
  if (!ifNoneMatch.includes(digest)) return undefined;
  const given = ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return [tag, ...ENCODINGS.map((encoding) => `"${digest}-${encoding}"`)].find((each) =>
    given.includes(each),
  );
}

function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  if (acceptEncoding === undefined || acceptEncoding === '') return undefined;
  const chosen = negotiator.negotiate(acceptEncoding);
  return ENCODINGS.find((encoding) => encoding === chosen);
}
