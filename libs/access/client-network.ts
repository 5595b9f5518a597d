import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

/**
 * Where a request comes from, as limits count it: the IPv4 address, or the /64 of an IPv6 address, which is what
 * one customer gets. All that is no address (a proxy may pass on any text) is one network.
 */
export function clientNetwork({ ip }: FastifyRequest): string {
  return isIP(ip) === 0 ? 'unknown' : normalizeIP(ip);
}
