import { parsedUrl } from './parsed-url.js';

/** Scheme, `://`, host, optional port, and whatever may follow; no user, white space, control character or backslash. */
const HTTP_URL =
  /^https?:\/\/(?:\[[\da-f:.]+\]|[^\s\p{Cc}\\/?#@:[\]]+)(?::\d{1,5})?(?:[/?#][^\s\p{Cc}\\]*)?$/iu;

/**
 * Reads an absolute http(s) URL without user information (RFC 9110, section 4.2). `undefined` for all other text, also
 * where the WHATWG parser would take it for one: `https:/host`, `https:host`, `http:///host`, `https:\\host`.
 */
export function httpUrl(text: string): URL | undefined {
  return HTTP_URL.test(text) ? parsedUrl(text) : undefined;
}
