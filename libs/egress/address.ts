import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A CIDR range; a single address is a range of one. */
export interface AddressRange {
  readonly network: Address;
  readonly prefix: number;
}

/**
 * Reads an address in its usual notation. An IPv4-mapped IPv6 address is the IPv4 address it maps: the kernel
 * connects to that one.
 */
export function parseAddress(text: string): Address | undefined {
  // Stricter than ipaddr.js, which takes octal, hexadecimal and short forms.
  if (isIP(text) === 0) return undefined;
  // Not with a zone, which changes nothing about the address: Node takes zones that ipaddr.js throws at.
  return ipaddr.process(text.replace(/%.*$/, ''));
}

/** Reads `10.0.0.0/8`, or an address alone. Bits beyond the prefix are refused: they tell of a slip of the pen. */
export function parseRange(text: string): AddressRange | undefined {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const network = parseAddress(address);
  if (network === undefined) return undefined;
  const length = lengthOf(network);
  // The rest of the prefix of an IPv4-mapped range, written as IPv4.
  const mapped = isIP(address) === 6 && network.kind() === 'ipv4' ? 96 : 0;
  const prefix = bits === undefined ? length : Number(bits) - mapped;
  if (prefix < 0 || prefix > length) return undefined;
  return hasOnlyZerosAfter(network, prefix) ? { network, prefix } : undefined;
}

/** Reads a range known to be well-formed. */
export function rangeOf(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new Error(`${text} is not a range of addresses`);
  return range;
}

export function contains({ network, prefix }: AddressRange, address: Address): boolean {
  return network.kind() === address.kind() && address.match([network, prefix]);
}

/** Whether everything in one range is in the other, too. */
export function covers(outer: AddressRange, inner: AddressRange): boolean {
  return inner.prefix >= outer.prefix && contains(outer, inner.network);
}

/** How many bits an address of this kind has. */
export function lengthOf(address: Address): number {
  return address.toByteArray().length * 8;
}

function hasOnlyZerosAfter(address: Address, prefix: number): boolean {
  return address
    .toByteArray()
    .flatMap((byte) => [...byte.toString(2).padStart(8, '0')])
    .slice(prefix)
    .every((bit) => bit === '0');
}
