import { Negotiator } from '@fastify/accept-negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../access/caller.js';
import { SECURITY_SCHEMES } from '../access/security-schemes.js';
import { type CachedResponse, type Encoding, ENCODINGS } from './cached-response.js';

const negotiator = new Negotiator({ supportedValues: [...ENCODINGS, 'identity'] });

/** `Vary` of public responses, and of responses to a caller. */
const PUBLIC_VARY = `Accept-Encoding, ${SECURITY_SCHEMES.environment.header}`;
const PRIVATE_VARY = ['Accept-Encoding', ...Object.values(SECURITY_SCHEMES).map(({ header }) => header)].join(
  ', ',
);

/**
 * Sets status and headers of a response to a GET and returns its bytes: none for 304 (RFC 9110, section 13.1.2),
 * otherwise in an accepted encoding where that pays. Caches must revalidate; only the caller may store a response
 * that needed credentials.
 */
export function prepareResponse(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: CachedResponse,
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

function plain(reply: FastifyReply, answer: CachedResponse): Buffer {
  void reply.type('application/json; charset=utf-8').header('etag', answer.tag);
  return answer.body;
}

async function encoded(reply: FastifyReply, answer: CachedResponse, encoding: Encoding): Promise<Buffer> {
  const body = await answer.encoded(encoding);
  if (body === undefined) return plain(reply, answer);
  // Strong entity tags differ by bytes, so that every encoding has its own.
  void reply
    .type('application/json; charset=utf-8')
    .header('content-encoding', encoding)
    .header('etag', `"${answer.digest}-${encoding}"`);
  return body;
}

/** The entity tag of this content that the client has, in any encoding. */
function tagHeld(ifNoneMatch: string | undefined, { tag, digest }: CachedResponse): string | undefined {
  if (ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return tag;
  if (!ifNoneMatch.includes(digest)) return undefined;
  const given = ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return [tag, ...ENCODINGS.map((encoding) => `"${digest}-${encoding}"`)].find((each) =>
    given.includes(each),
  );
}

/** The encoding that a client prefers; undefined: the body as it is. */
export function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  if (acceptEncoding === undefined || acceptEncoding === '') return undefined;
  const chosen = negotiator.negotiate(acceptEncoding);
  return ENCODINGS.find((encoding) => encoding === chosen);
}
