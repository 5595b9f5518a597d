import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { APP_KEYS } from '#dev/seed/large-data-set.js';
import { ready } from '../processes/bench-script.js';

/**
 * Bare Fastify that sends the responses of the service at `SERVICE_URL` to `GET /endpoints` from memory: the same bytes for
 * every application, and 304 for a matching `If-None-Match`.
 */
interface Answer {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string | undefined;
}

const service = process.env.SERVICE_URL ?? '';
const answers = new Map<string, Answer>();
for (const appKey of APP_KEYS) {
  const response = await fetch(`${service}/endpoints?app_key=${appKey}`);
  answers.set(appKey, {
    body: Buffer.from(await response.arrayBuffer()),
    type: response.headers.get('content-type') ?? '',
    etag: response.headers.get('etag') ?? undefined,
  });
}

const server = fastify();
server.get<{ Querystring: { app_key: string } }>('/endpoints', (request, reply) => {
  const answer = answers.get(request.query.app_key);
  if (answer === undefined) return reply.code(404).send();
  const { body, type, etag } = answer;
  if (etag !== undefined) {
    reply.header('etag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  }
  return reply.header('content-type', type).send(body);
});
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
ready(`http://127.0.0.1:${port}`);
