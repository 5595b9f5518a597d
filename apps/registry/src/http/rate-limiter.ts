import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { AppConfig } from '#libs/config/app-config.js';
import { clientNetwork } from '#libs/http/client-network.js';
import type { Metrics } from '#libs/metrics/metrics.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { isProbe } from './probe-paths.js';

/** Networks counted at once; beyond these, the one heard of longest ago is forgotten. */
const MAX_NETWORKS = 10_000;

/** 429: the network has used up its requests of this time window. */
class TooManyRequests extends DomainError {
  constructor(max: number, windowSeconds: number, retryAfterSeconds: number) {
    super({
      code: 'too-many-requests',
      status: 429,
      title: 'Too many requests',
      detail: `Allowed are ${max} requests in ${windowSeconds} s. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }
}

/** Whether requests to a route are counted. Who probes is never told to come back later. */
export function isRateLimited(route: string, basePath: string): boolean {
  return !isProbe(route, basePath);
}

/** The requests of one network in the window that ends at a time. */
interface Counted {
  requests: number;
  readonly endsAt: number;
}

/** Counts a request, and refuses it when its network has used up its requests. */
export type RateLimiter = (request: FastifyRequest, reply: FastifyReply) => TooManyRequests | undefined;

/**
 * Allows each network `RATE_LIMIT_MAX` requests a window. `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) tell
 * clients where they stand.
 *
 * Not by @fastify/rate-limit, whose promises cost the commonest requests a fifth of their rate.
 */
export function rateLimiter({ http, rateLimit }: AppConfig, metrics: Metrics): RateLimiter {
  if (rateLimit === undefined) return () => undefined;
  const { max, windowSeconds } = rateLimit;
  const refused = metrics.counter({
    name: 'mcp_registry_rate_limited_requests_total',
    help: 'Requests refused because their network had used up RATE_LIMIT_MAX.',
  });
  const windows = new LRUCache<string, Counted>({ max: MAX_NETWORKS });
  const count = (network: string, now: number): Counted => {
    const known = windows.get(network);
    if (known !== undefined && known.endsAt > now) {
      known.requests += 1;
      return known;
    }
    const begun = { requests: 1, endsAt: now + windowSeconds * 1000 };
    windows.set(network, begun);
    return begun;
  };
  return (request, reply) => {
    const { url } = request.routeOptions;
    if (url !== undefined && !isRateLimited(url, http.basePath)) return undefined;
    const now = performance.now();
    const { requests, endsAt } = count(clientNetwork(request), now);
    const seconds = Math.ceil((endsAt - now) / 1000);
    reply.header('ratelimit-limit', max);
    reply.header('ratelimit-remaining', Math.max(0, max - requests));
    reply.header('ratelimit-reset', seconds);
    if (requests <= max) return undefined;
    refused.inc({});
    return new TooManyRequests(max, windowSeconds, seconds);
  };
}
