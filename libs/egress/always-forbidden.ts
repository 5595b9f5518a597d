import ipaddr from 'ipaddr.js';
import { type Address, type AddressRange, contains, covers, lengthOf, rangeOf } from './address.js';

const METADATA = 'an address of cloud metadata';
const DOCUMENTATION = 'an address for documentation';
const RESERVED = 'a reserved address';
const TRANSITION = 'an IPv4 address in a disguise of IPv6';

/** The first range that fits says why. */
const FORBIDDEN = (
  [
    ['0.0.0.0/8', 'the unspecified address or one of its network'],
    ['169.254.0.0/16', 'a link-local address, where cloud metadata is served'],
    // Alibaba Cloud, Oracle Cloud and Azure, in this order.
    ['100.100.100.200', METADATA],
    ['192.0.0.192', METADATA],
    ['168.63.129.16', METADATA],
    ['192.0.0.0/24', RESERVED],
    ['192.88.99.0/24', RESERVED],
    ['192.0.2.0/24', DOCUMENTATION],
    ['198.51.100.0/24', DOCUMENTATION],
    ['203.0.113.0/24', DOCUMENTATION],
    ['224.0.0.0/4', 'a multicast address'],
    ['255.255.255.255', 'the broadcast address'],
    ['240.0.0.0/4', RESERVED],
    ['::', 'the unspecified address'],
    ['fe80::/10', 'a link-local address, where cloud metadata is served'],
    ['fec0::/10', 'a site-local address, which is no longer in use'],
    ['ff00::/8', 'a multicast address'],
    // AWS, Google Cloud, Oracle Cloud, Scaleway and Akamai, in this order.
    ['fd00:ec2::/32', METADATA],
    ['fd20:ce::254', METADATA],
    ['fd00:c1::a9fe:a9fe', METADATA],
    ['fd00:42::42', METADATA],
    ['fd00:a9fe:a9fe::1', METADATA],
    // Retired transition ranges, whose IPv4 target cannot be derived.
    ['2002::/16', `${TRANSITION} (6to4)`],
    ['2001::/32', `${TRANSITION} (Teredo)`],
    ['64:ff9b:1::/48', `${TRANSITION} (local NAT64)`],
    ['::ffff:0:0:0/96', `${TRANSITION} (IPv4-translated)`],
    ['2001:db8::/32', DOCUMENTATION],
    ['3fff::/20', DOCUMENTATION],
    ['2001::/23', RESERVED],
  ] as const
).map(([range, reason]) => ({ range: rangeOf(range), reason }));

/** Of IPv6, services live here only; the rest is not handed out. */
const IN_USE = ['2000::/3', 'fc00::/7', '::1', '64:ff9b::/96'].map(rangeOf);

const COMPATIBLE = rangeOf('::/96');
const NAT64 = rangeOf('64:ff9b::/96');

/** Names of cloud metadata; whatever other names lead there is found out by the addresses. */
const FORBIDDEN_HOSTS: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'metadata.packet.net',
  'api.metadata.cloud.ibm.com',
]);

/** Why the address is always forbidden, whatever the settings; `undefined` for every other. */
export function reasonAgainstAddress(address: Address): string | undefined {
  for (const form of formsOf(address)) {
    const reason = reasonAgainstForm(form);
    if (reason !== undefined)
      return form === address ? reason : `${TRANSITION}: ${form.toString()}, ${reason}`;
  }
  return undefined;
}

/** Why every address of the range is always forbidden. */
export function reasonAgainstRange(range: AddressRange): string | undefined {
  if (range.prefix === lengthOf(range.network)) return reasonAgainstAddress(range.network);
  return FORBIDDEN.find(({ range: forbidden }) => covers(forbidden, range))?.reason;
}

/** Why a host name (lower case, no trailing dot) is always forbidden. */
export function reasonAgainstHost(host: string): string | undefined {
  return FORBIDDEN_HOSTS.has(host) ? 'a name of cloud metadata' : undefined;
}

/** The address itself, then the IPv4 addresses a translator or tunnel may take it for. */
export function formsOf(address: Address): readonly Address[] {
  if (address.kind() === 'ipv4') return [address];
  const bytes = address.toByteArray();
  const embeds = contains(NAT64, address) || isIsatap(bytes);
  return embeds ? [address, ipaddr.fromByteArray(bytes.slice(12))] : [address];
}

function isIsatap(bytes: readonly number[]): boolean {
  const [a = 0, b, c, d] = bytes.slice(8);
  return (a & 0xfd) === 0 && b === 0 && c === 0x5e && d === 0xfe;
}

function reasonAgainstForm(address: Address): string | undefined {
  const listed = FORBIDDEN.find(({ range }) => contains(range, address));
  if (listed !== undefined) return listed.reason;
  if (address.kind() === 'ipv4' || IN_USE.some((range) => contains(range, address))) return undefined;
  return contains(COMPATIBLE, address) ? `${TRANSITION} (IPv4-compatible)` : RESERVED;
}
