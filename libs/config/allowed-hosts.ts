import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

const NAME = /^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;

/**
 * An entry of `ALLOWED_HOSTS` as requests are compared with it: a host name or `*.example.com` in lower case and
 * ASCII, or an address without brackets. `undefined` for everything else.
 */
export function allowedHost(entry: string): string | undefined {
  const address = entry.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 4) return address;
  // No client sends the zone of an address (RFC 9844), and no URL can hold one.
  if (isIP(address) === 6 && !address.includes('%'))
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
  // Before the conversion, which would cut off a port or a path.
  if (/[\s:/?#@[\]%\\]/.test(entry)) return undefined;
  const wildcard = entry.startsWith('*.') ? '*.' : '';
  const name = domainToASCII(entry.slice(wildcard.length)).replace(/\.$/, '');
  return NAME.test(name) ? `${wildcard}${name}` : undefined;
}
