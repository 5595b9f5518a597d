import type { FastifyInstance, FastifyReply, onRequestHookHandler } from 'fastify';

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
 * Keeps browsers from reading an answer as anything but its content type, and caches from storing it: most answers hold
 * what only their caller may see. The few that may be stored say so themselves (`answerRequest`, files of the pages).
 */
export function secureAnswer(reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
}

/**
 * Does so with every answer. The pages below `docsPath`, the only HTML there is, load and run nothing but their own
 * files, cannot be framed, and send no referrer. An answer of the API needs no more than {@link secureAnswer}:
 * @fastify/helmet would send a dozen headers with each.
 */
export function secureAnswers(fastify: FastifyInstance, docsPath: string): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    secureAnswer(reply);
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
