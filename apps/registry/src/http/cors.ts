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

/** Below BASE_PATH, what pages of all origins may read: it says nothing that needs a key. */
const CATALOGUES = /^\/(v0\.1\/servers(\/|$)|mcp\/server-card$)/;

/** Lets every page read the catalogues of MCP servers, as their specifications ask, whatever CORS_ORIGINS says. */
export function openCatalogues(fastify: FastifyInstance, { basePath }: HttpConfig): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    if (url === undefined || !CATALOGUES.test(url.slice(basePath.length))) {
      done();
      return;
    }
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'ETag');
    if (request.method !== 'OPTIONS' || !isPreflight(request)) {
      done();
      return;
    }
    void reply
      .code(204)
      .header('access-control-allow-methods', 'GET, OPTIONS')
      .header('access-control-allow-headers', 'Authorization, Content-Type')
      .send();
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
