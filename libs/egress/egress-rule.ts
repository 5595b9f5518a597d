import { domainToASCII } from 'node:url';
import { type AddressRange, parseRange } from './address.js';
import { reasonAgainstHost, reasonAgainstRange } from './always-forbidden.js';

/** One entry of `EGRESS_ALLOW` or `EGRESS_DENY`. */
export type EgressRule =
  | { readonly kind: 'range'; readonly text: string; readonly range: AddressRange }
  | { readonly kind: 'host'; readonly text: string; readonly host: string }
  | { readonly kind: 'subdomains'; readonly text: string; readonly suffix: string };

/** Reads an address, a CIDR range, a host name or `*.example.com`; `undefined` for everything else. */
export function parseEgressRule(text: string): EgressRule | undefined {
  const range = parseRange(text);
  if (range !== undefined) return { kind: 'range', text, range };
  const wildcard = text.startsWith('*.');
  const host = asciiHost(wildcard ? text.slice(2) : text);
  if (host === undefined) return undefined;
  return wildcard ? { kind: 'subdomains', text, suffix: `.${host}` } : { kind: 'host', text, host };
}

/** Why a rule can never allow anything: all its addresses are always forbidden. */
export function reasonAgainstRule(rule: EgressRule): string | undefined {
  if (rule.kind === 'range') return reasonAgainstRange(rule.range);
  return rule.kind === 'host' ? reasonAgainstHost(rule.host) : undefined;
}

/** @param host as {@link canonicalHost} writes it */
export function namesHost(rule: EgressRule, host: string): boolean {
  if (rule.kind === 'host') return host === rule.host;
  return rule.kind === 'subdomains' && host.endsWith(rule.suffix);
}

/** The one way to write a host name that a URL has already put into ASCII. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function asciiHost(text: string): string | undefined {
  // Before the conversion, which would cut off a port or read digits as an address.
  if (/[\s:/?#@[\]%*\\]/.test(text)) return undefined;
  const host = canonicalHost(domainToASCII(text));
  const isName = host.length <= 253 && /^([a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z0-9_][a-z0-9_-]{0,62}$/.test(host);
  return isName && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(host) ? host : undefined;
}
