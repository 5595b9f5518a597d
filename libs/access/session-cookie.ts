import type { FastifyRequest } from 'fastify';
import { headerValue } from '../http/header-value.js';

/** Only a page of this origin can set it: from another origin it needs a preflight, which is granted no cookies. */
const CONSOLE_HEADER = 'x-registry-console';

/** `__Host-`: the browser takes it over TLS only, and sends it to this host alone (RFC 6265bis, section 4.1.3.2). */
export const SECURE_COOKIE = '__Host-mcp-registry';
const PLAIN_COOKIE = 'mcp-registry';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** The cookie's name, which depends on whether the client uses TLS. */
export function cookieName({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? SECURE_COOKIE : PLAIN_COOKIE;
}

/**
 * The session token of a request. There is none unless the request has the header of the console, comes from a page of
 * this origin, and has exactly one such cookie: a page of another origin must not act with a session.
 */
export function sessionTokenIn(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined || !isFromOwnPage(request)) return undefined;
  const name = `${cookieName(request)}=`;
  const values = cookie.split(';').flatMap((pair) => {
    const trimmed = pair.trim();
    return trimmed.startsWith(name) ? [trimmed.slice(name.length)] : [];
  });
  const [token] = values;
  return values.length === 1 && token !== '' ? token : undefined;
}

/** Whether a page of this origin sent the request (Fetch Metadata; `Origin` where the browser sends none of it). */
export function isFromOwnPage(request: FastifyRequest): boolean {
  if (request.headers[CONSOLE_HEADER] !== '1') return false;
  const site = headerValue(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return (
    SAFE_METHODS.includes(request.method) ||
    headerValue(request, 'origin') === `${request.protocol}://${request.host}`
  );
}
