import type { FastifyRequest } from 'fastify';

/** Stands for all paths that are no route: there is no end of them. */
const UNKNOWN_ROUTE = 'unknown';

/** The template of the route a request is for, as logs, metrics and traces name it: never what a client made up. */
export function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? UNKNOWN_ROUTE;
}
