import { domainToUnicode } from 'node:url';

/**
 * Reads a URL, relative to another one if given; `undefined` when it is malformed, which includes a host with a label
 * of invalid Punycode.
 *
 * Not with `URL.canParse`: once Node 20 or 22 has optimised a call of it, it takes `https://münchen.example` for
 * malformed. `no-restricted-properties` in .oxlintrc.json keeps it out.
 */
export function parsedUrl(text: string, base?: string): URL | undefined {
  try {
    const url = base === undefined ? new URL(text) : new URL(text, base);
    return url.hostname.split('.').every(isValidLabel) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Node 24 takes `xn--zz` as it is, earlier releases refuse it: what does not decode to a name beyond ASCII (RFC 5891
 * section 5.4) is refused on all of them.
 */
function isValidLabel(label: string): boolean {
  if (!label.startsWith('xn--')) return true;
  const decoded = domainToUnicode(label);
  return /[^!-~]/.test(decoded) && !decoded.startsWith('xn--');
}
