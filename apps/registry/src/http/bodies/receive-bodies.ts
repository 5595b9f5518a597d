import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import type { Metrics } from '#libs/metrics/metrics.js';
import { type BodyRoute, hasBody, RequestBodies } from './request-bodies.js';

/** Of all routes but that of batches, within BATCH_MAX_BYTES. */
const MAX_BODY_BYTES = 1024 * 1024;
const BATCH_ROUTE = '/register/endpoints';
/** Ordinary schemas take twice as many bytes a value. */
const BYTES_PER_VALUE = 8;
const LEAST_MAX_VALUES = 10_000;

/** Has every route take JSON bodies and nothing else, one after its credentials were accepted; see {@link RequestBodies}. */
export function receiveBodies(fastify: FastifyInstance, { http, batch }: AppConfig, metrics: Metrics): void {
  const bodies = new RequestBodies(batch, metrics);
  const ofBatch: BodyRoute = {
    limit: { bytes: batch.maxBytes, setting: 'BATCH_MAX_BYTES' },
    rules: {
      maxEndpoints: batch.maxEndpoints,
      maxValues: Math.max(LEAST_MAX_VALUES, Math.floor(batch.maxBytes / BYTES_PER_VALUE)),
    },
  };
  const ofOthers: BodyRoute = {
    limit: {
      bytes: Math.min(MAX_BODY_BYTES, batch.maxBytes),
      setting:
        batch.maxBytes < MAX_BODY_BYTES ? 'BATCH_MAX_BYTES' : 'every route but POST /register/endpoints',
    },
    rules: { maxEndpoints: undefined, maxValues: LEAST_MAX_VALUES },
  };
  const routeOf = ({ routeOptions }: FastifyRequest): BodyRoute =>
    routeOptions.url === `${http.basePath}${BATCH_ROUTE}` ? ofBatch : ofOthers;

  fastify.addHook('preParsing', (request, reply, payload, done) => {
    // Where no route is, no one has looked at credentials either.
    if (request.is404 || request.method === 'GET' || !hasBody(request.raw)) {
      done(null, payload);
      return;
    }
    const admitted = (): void => {
      done(null, payload);
    };
    try {
      const admission = bodies.admit(request, reply, routeOf(request));
      if (admission === undefined) admitted();
      else admission.then(admitted, done);
    } catch (error) {
      // Nothing of it is read; one that is only refused for now is, so that its sender sees the answer.
      reply.header('connection', 'close');
      done(error as Error);
    }
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    bodies.release(request);
    done(null, payload);
  });
  fastify.addHook('onClose', () => bodies.close());
  // Nest's own parsers, which also take forms, are switched off (`bodyParser: false`).
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (request: FastifyRequest) =>
    bodies.take(request, routeOf(request)),
  );
}
