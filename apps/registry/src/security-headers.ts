import type { FastifyInstance, onRequestHookHandler } from 'fastify';

/** What Swagger UI needs and no more. It writes styles into its page, but no script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Keeps browsers from reading an answer as anything but its content type. The pages below `docsPath`, the only HTML
 * there is, load and run nothing but their own files, stand in nobody's frame, and tell nobody where a link was
 * followed. An answer of the API needs no more than the first: @fastify/helmet would send a dozen headers with each.
 */
export function secureAnswers(fastify: FastifyInstance, docsPath: string): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  const securePage: onRequestHookHandler = (_request, reply, done) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('referrer-policy', 'no-referrer');
    done();
  };
  fastify.addHook('onRoute', (route) => {
    if (route.url !== docsPath && !route.url.startsWith(`${docsPath}/`)) return;
    route.onRequest = [route.onRequest ?? [], securePage].flat();
  });
}
