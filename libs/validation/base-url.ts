import { parsedUrl } from './parsed-url.js';

/** The URL of a base domain: `https` unless it carries a scheme. */
export function baseUrlOf(baseDomain: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(baseDomain) ? baseDomain : `https://${baseDomain}`;
}

/** Whether a text is an http(s) URL of scheme, host and maybe port alone. */
export function isOrigin(text: string): boolean {
  const url = parsedUrl(text);
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    `${url.search}${url.hash}${url.username}${url.password}` === '' &&
    !/[/?#@]$/.test(text)
  );
}
