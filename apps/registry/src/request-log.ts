import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { clientNetwork } from '#libs/access/client-network.js';
import type { AppConfig } from '#libs/config/app-config.js';
import { inScopeOf } from '#libs/tracing/request-scope.js';
import { routeOf } from '#libs/tracing/route.js';

/**
 * With LOG_REQUESTS, a line for each request once it is answered. Of the URL only the template of the route: paths,
 * queries and headers are what clients send, and may hold what is nobody's business.
 */
export function logRequests(fastify: FastifyInstance, { logRequests: isOn }: AppConfig): void {
  if (!isOn) return;
  const logger = new Logger('Requests');
  fastify.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const { method } = request;
    const route = routeOf(request);
    const durationMs = Math.round(elapsedTime * 1000) / 1000;
    inScopeOf(request, () => {
      logger.log({
        message: `${method} ${route} ${statusCode}`,
        method,
        route,
        status: statusCode,
        durationMs,
        network: clientNetwork(request),
      });
    });
    done();
  });
}
