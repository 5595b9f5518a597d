import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { clientNetwork } from '#libs/http/client-network.js';
import { RequestWindows } from '#libs/http/request-windows.js';
import type { Metrics } from '#libs/metrics/metrics.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { isProbe } from './probe-paths.js';

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
  const windows = new RequestWindows(windowSeconds);
  return (request, reply) => {
    const { url } = request.routeOptions;
    if (url !== undefined && !isRateLimited(url, http.basePath)) return undefined;
    const { requests, secondsLeft } = windows.count(clientNetwork(request));
    reply.header('ratelimit-limit', max);
    reply.header('ratelimit-remaining', Math.max(0, max - requests));
    reply.header('ratelimit-reset', secondsLeft);
    if (requests <= max) return undefined;
    refused.inc({});
    return new TooManyRequests(max, windowSeconds, secondsLeft);
  };
}
