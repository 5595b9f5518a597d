import { parsedUrl } from '#libs/validation/parsed-url.js';
import { type Address, contains, covers, parseAddress, rangeOf } from './address.js';
import { formsOf, reasonAgainstAddress, reasonAgainstHost } from './always-forbidden.js';
import { canonicalHost, type EgressRule, namesHost, parseEgressRule } from './egress-rule.js';

/** Entries of `EGRESS_ALLOW` and `EGRESS_DENY`: addresses, CIDR ranges, host names and `*.example.com`. */
export interface EgressSettings {
  /** Empty: everything that is neither always forbidden nor denied. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Whether loopback is refused unless `allow` names it: a range within loopback, or the host itself. */
  readonly loopbackClosed: boolean;
}

/**
 * What may be reached from here. First the ranges that are always forbidden, which no setting opens; then
 * `deny`; then `allow`, where it is set; then loopback, where it is closed. An address is judged by every form it can
 * take.
 *
 * Every method answers why not, as a sentence, and `undefined` when nothing speaks against it.
 */
export class EgressPolicy {
  private readonly allow: readonly EgressRule[];
  private readonly deny: readonly EgressRule[];
  private readonly loopbackClosed: boolean;

  constructor({ allow, deny, loopbackClosed }: EgressSettings) {
    this.allow = allow.map(readRule);
    this.deny = deny.map(readRule);
    this.loopbackClosed = loopbackClosed;
  }

  /**
   * Judges a URL by what it literally names, without asking the DNS. What a name resolves to is judged by
   * {@link refusalOfAnswer} when the URL is asked.
   */
  refusalOfUrl(url: string | URL): string | undefined {
    const parsed = typeof url === 'string' ? parsedUrl(url) : url;
    if (parsed === undefined) return 'the URL is malformed';
    const { protocol, username, password, hostname } = parsed;
    if (!/^https?:$/.test(protocol))
      return `the scheme ${protocol} is refused: only http: and https: are asked`;
    if (username !== '' || password !== '') return 'user information in the URL is refused';
    return this.refusalOfHost(hostname);
  }

  /**
   * Judges what the DNS answered: one refused address among several refuses them all.
   *
   * @param hostname as the URL has it; may be a literal address
   */
  refusalOfAnswer(hostname: string, addresses: readonly string[]): string | undefined {
    const host = canonicalHost(hostname);
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address === undefined) return `${host} resolves to ${text}, which is not an address`;
      const reason = this.reasonAgainst(address, host);
      if (reason === undefined) continue;
      return literalAddress(hostname) === undefined
        ? `${host} resolves to ${text}, which is refused: ${reason}`
        : `${text} is refused: ${reason}`;
    }
    return undefined;
  }

  private refusalOfHost(hostname: string): string | undefined {
    const host = canonicalHost(hostname);
    const reason = this.reasonAgainstLiteral(host, literalAddress(hostname));
    return reason === undefined ? undefined : `${host} is refused: ${reason}`;
  }

  private reasonAgainstLiteral(host: string, address: Address | undefined): string | undefined {
    if (address !== undefined) return this.reasonAgainst(address);
    const forbidden = reasonAgainstHost(host);
    if (forbidden !== undefined) return `it is ${forbidden}`;
    const denied = this.deny.find((rule) => namesHost(rule, host));
    if (denied !== undefined) return listedBy(denied);
    if (isLocalhost(host)) return this.reasonAgainst(LOCALHOST, host);
    // With ranges on the list, only the DNS can tell.
    const open = this.allow.length === 0 || this.allow.some(({ kind }) => kind === 'range');
    return open || this.allow.some((rule) => namesHost(rule, host)) ? undefined : NOT_LISTED;
  }

  /** @param host the name that led to the address, which may be allowed by name */
  private reasonAgainst(address: Address, host?: string): string | undefined {
    const forbidden = reasonAgainstAddress(address);
    if (forbidden !== undefined) return `it is ${forbidden}`;
    const forms = formsOf(address);
    const lists = (rule: EgressRule): boolean =>
      rule.kind === 'range' && forms.some((form) => contains(rule.range, form));
    const denied = this.deny.find(lists);
    if (denied !== undefined) return listedBy(denied);
    const allowing = this.allow.filter(
      (rule) => lists(rule) || (host !== undefined && namesHost(rule, host)),
    );
    if (this.allow.length > 0 && allowing.length === 0) return NOT_LISTED;
    const closed = this.loopbackClosed && forms.some(isLoopback);
    return closed && !allowing.some(opensLoopback) ? LOOPBACK_CLOSED : undefined;
  }
}

/** The address a URL names literally. */
export function literalAddress(hostname: string): Address | undefined {
  return parseAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

const LOCALHOST = readAddress('127.0.0.1');
const LOOPBACK = ['127.0.0.0/8', '::1'].map(rangeOf);
const NOT_LISTED = 'EGRESS_ALLOW does not list it';
const LOOPBACK_CLOSED =
  'it is a loopback address, which in production EGRESS_ALLOW has to list as such: 127.0.0.0/8, ::1 or the host name';

function listedBy({ text }: EgressRule): string {
  return `EGRESS_DENY lists ${text}`;
}

function isLoopback(address: Address): boolean {
  return LOOPBACK.some((range) => contains(range, address));
}

/** A range of everything, or of a whole domain, does not mean the machine itself. */
function opensLoopback(rule: EgressRule): boolean {
  return (
    rule.kind === 'host' || (rule.kind === 'range' && LOOPBACK.some((range) => covers(range, rule.range)))
  );
}

/** RFC 6761: these names mean this machine, whatever the DNS says. */
function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is not an address`);
  return address;
}

function readRule(text: string): EgressRule {
  const rule = parseEgressRule(text);
  if (rule === undefined) throw new Error(`${text} is not a rule of egress`);
  return rule;
}
