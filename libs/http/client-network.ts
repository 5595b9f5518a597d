import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

const NETWORK_BYTES = 8;

/**
 * The IP address a request comes from, in its shortest notation and without a zone: the one a trusted proxy names
 * (`TRUST_PROXY`) if it is an address, otherwise that of the connection. `undefined` once the connection is gone.
 *
 * The only way to a client's address: `request.ip` is whatever text a proxy passes on.
 */
export function clientAddress({ ip, socket }: FastifyRequest): string | undefined {
  return normalAddress(ip) ?? normalAddress(socket.remoteAddress);
}

/**
 * Where a request comes from, as limits count it: the IPv4 address, or the /64 of an IPv6 address, which is what
 * one customer gets. Never throws: a request that cannot be placed is counted as `unknown`.
 */
export function clientNetwork(request: FastifyRequest): string {
  const address = clientAddress(request);
  if (address === undefined) return 'unknown';
  if (isIP(address) === 4) return address;
  return Buffer.from(ipaddr.parse(address).toByteArray().slice(0, NETWORK_BYTES)).toString('hex');
}

/** Cuts the zone off an address (RFC 4007, section 11): it names an interface of this machine, not a client. */
export function withoutZone(address: string): string {
  const end = address.indexOf('%');
  return end === -1 ? address : address.slice(0, end);
}

/** An IPv4-mapped IPv6 address becomes the IPv4 address it maps; `undefined` for text that is no address. */
function normalAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const address = withoutZone(text);
  // Stricter than ipaddr.js, which takes octal, hexadecimal and short forms.
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? address : ipaddr.process(address).toString();
}
