import { compile } from '@fastify/proxy-addr';
import type { HttpConfig } from '#libs/config/app-config.js';
import { withoutZone } from '#libs/http/client-network.js';

/** Whether a proxy, this many hops away, may name the client address. */
type TrustedProxies = (address: string, hop: number) => boolean;

/** `TRUST_PROXY` as Fastify takes it. */
export function trustedProxies(trustProxy: HttpConfig['trustProxy']): boolean | TrustedProxies {
  if (typeof trustProxy === 'boolean') return trustProxy;
  // Counted from the connection.
  if (typeof trustProxy === 'number') return (_, hop) => hop < trustProxy;
  const isInRange = compile([...trustProxy]);
  // A proxy on a link-local address has a zone, which no range has. Fastify passes on that a connection has no
  // address any more.
  return (address: string | undefined, hop) => address !== undefined && isInRange(withoutZone(address), hop);
}
