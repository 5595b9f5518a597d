import { isIP } from 'node:net';

/** RFC 3986, section 3.2.2: a name or an IPv4 address. */
const REGISTERED_NAME = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
const FUTURE_ADDRESS = /^v[0-9a-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/i;
/** A wildcard matches DNS labels only, not other characters that RFC 3986 allows in a name. */
const LABELS = /^[a-z0-9._-]+$/;

/**
 * The host of `uri-host [ ":" port ]` (RFC 9110, section 7.2) in lower case, without port, brackets and the final dot
 * of a DNS name; it may be empty. `undefined` for any other text.
 */
export function hostNameOf(text: string): string | undefined {
  const [, address, name] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d*)?$/.exec(text) ?? [];
  if (address !== undefined) return isAddress(address) ? address.toLowerCase() : undefined;
  if (name === undefined || !REGISTERED_NAME.test(name)) return undefined;
  return name.toLowerCase().replace(/\.$/, '');
}

/** Tells whether a host, with or without a port, is one of `ALLOWED_HOSTS`. */
export function hostMatcher(allowed: readonly string[]): (host: string) => boolean {
  const names = new Set(allowed.filter((each) => !each.startsWith('*.')));
  const suffixes = allowed.filter((each) => each.startsWith('*.')).map((each) => each.slice(1));
  return (host) => {
    const name = hostNameOf(host);
    if (name === undefined) return false;
    if (names.has(name)) return true;
    return LABELS.test(name) && suffixes.some((suffix) => name.endsWith(suffix) && name !== suffix);
  };
}

/** A zone (`%25eth0`) is no part of a host that one machine sends to another (RFC 9844). */
function isAddress(text: string): boolean {
  return (isIP(text) === 6 && !text.includes('%')) || FUTURE_ADDRESS.test(text);
}
