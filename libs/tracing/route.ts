import type { FastifyRequest } from 'fastify';

/** Label for paths without a route, which are unbounded. */
const UNKNOWN_ROUTE = 'unknown';

/** The template of the route a request is for, as logs, metrics and traces name it: never what a client made up. */
export function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? UNKNOWN_ROUTE;
}
