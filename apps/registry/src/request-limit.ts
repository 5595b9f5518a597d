import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientNetwork } from '#libs/access/client-network.js';
import type { AppConfig } from '#libs/config/app-config.js';
import { DomainError } from '#libs/problem-details/domain-error.js';

/** Kubernetes and monitors are never told to come back later. */
const UNLIMITED_PATHS: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready']);
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

/** Whether requests to a route are counted. */
export function isLimited(route: string, basePath: string): boolean {
  return !UNLIMITED_PATHS.has(route.slice(basePath.length));
}

/**
 * Counts the requests of each network and refuses what exceeds `RATE_LIMIT_MAX`, before anything else is done for
 * it. `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) tell clients where they stand.
 */
export function limitRequests(fastify: FastifyInstance, { http, rateLimit }: AppConfig): void {
  if (rateLimit === undefined) return;
  const { max, windowSeconds } = rateLimit;
  const isFree = ({ routeOptions: { url } }: FastifyRequest): boolean =>
    url !== undefined && !isLimited(url, http.basePath);
  void fastify
    .register(fastifyRateLimit, {
      global: false,
      enableDraftSpec: true,
      max,
      timeWindow: windowSeconds * 1000,
      cache: MAX_NETWORKS,
      keyGenerator: clientNetwork,
      allowList: isFree,
      errorResponseBuilder: (_request, { ttl }) =>
        new TooManyRequests(max, windowSeconds, Math.ceil(ttl / 1000)),
    })
    // For every request, also to paths that lead nowhere; the plugin's own way is a hook on each route.
    .after(() => fastify.addHook('onRequest', fastify.rateLimit()));
}
