import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#libs/metrics/metrics.js';
import { routeOf } from '#libs/tracing/route.js';

/** What the API answers to; all other methods are one label. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

/** Measures every request, from the last byte of its headers to that of its answer. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  if (!metrics.isOn) return;
  const durations = metrics.histogram({
    name: 'mcp_registry_http_request_duration_seconds',
    help: 'Requests by method, route template and status, and how long they took.',
    labels: ['method', 'route', 'status'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  fastify.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const method = METHODS.has(request.method) ? request.method : 'other';
    durations.observe({ method, route: routeOf(request), status: statusCode }, elapsedTime / 1000);
    done();
  });
}
