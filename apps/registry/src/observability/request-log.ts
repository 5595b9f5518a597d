import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { clientNetwork } from '#libs/http/client-network.js';
import { runInScope } from '#libs/tracing/request-scope.js';
import { routeOf } from '#libs/tracing/route.js';

/**
 * With LOG_REQUESTS, a line for each answered request. Of the URL only the template of the route: paths, queries
 * and headers may contain sensitive data.
 */
export function logRequests(fastify: FastifyInstance, { logRequests: isOn }: AppConfig): void {
  if (!isOn) return;
  const logger = new Logger('Requests');
  fastify.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const { method } = request;
    const route = routeOf(request);
    const durationMs = Math.round(elapsedTime * 1000) / 1000;
    runInScope(request, () => {
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
