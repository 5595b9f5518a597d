import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

const NETWORK_BYTES = 8;

/**
 * Where a request comes from, as limits count it: the IPv4 address, or the /64 of an IPv6 address, which is what
 * one customer gets. All that is no address (a proxy may pass on any text) is one network.
 */
export function clientNetwork({ ip }: FastifyRequest): string {
  const version = isIP(ip);
  if (version === 4) return ip;
  if (version === 0) return 'unknown';
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return Buffer.from(address.toByteArray().slice(0, NETWORK_BYTES)).toString('hex');
}
