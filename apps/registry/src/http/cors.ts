import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from '#libs/config/app-config.js';

const EXPOSED_HEADERS = [
  'Link',
  'X-Request-Id',
  'ETag',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];

/**
 * Lets pages of `CORS_ORIGINS` read every answer. Preflights only get their headers here, so that they are counted and
 * checked as other requests are; {@link answerPreflights} answers them.
 */
export function enableCors(fastify: FastifyInstance, { corsOrigins }: HttpConfig): void {
  if (corsOrigins.length === 0) return;
  // Not by Nest's enableCors, which answers preflights before any other hook: without a request id, to any host.
  fastify.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    // The strict refusal of an OPTIONS that is no preflight is no problem document.
    strictPreflight: false,
    preflightContinue: true,
  });
}

/** Answers preflights for any path: errors are reported by the request that follows. */
export function answerPreflights(fastify: FastifyInstance, { corsOrigins }: HttpConfig): void {
  if (corsOrigins.length === 0) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') done();
    else if (isPreflight(request)) void reply.code(204).send();
    // The route for all paths that @fastify/cors declares is none of ours.
    else if (request.routeOptions.url === '*') reply.callNotFound();
    else done();
  });
}

/** Fetch standard, section 4.8. */
function isPreflight({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}
