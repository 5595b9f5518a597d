import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import type { Metrics } from '#libs/metrics/metrics.js';
import { type BodyRoute, hasBody, RequestBodies } from './request-bodies.js';

/** Of all routes but those of batches, within BATCH_MAX_BYTES. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Each takes the whole set of an environment's endpoints. */
const BATCH_ROUTES = ['/register/endpoints', '/applications/:app_key/environments/:environment/endpoints'];
/** The one route that reads a body before it knows who sends it. */
const SIGN_IN_ROUTE = '/session';
const MAX_SIGN_IN_BYTES = 8 * 1024;
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
      setting: batch.maxBytes < MAX_BODY_BYTES ? 'BATCH_MAX_BYTES' : 'every route but those of batches',
    },
    rules: { maxEndpoints: undefined, maxValues: LEAST_MAX_VALUES },
  };
  const batchRoutes: readonly (string | undefined)[] = BATCH_ROUTES.map(
    (route) => `${http.basePath}${route}`,
  );
  const ofSignIn: BodyRoute = {
    limit: { bytes: Math.min(MAX_SIGN_IN_BYTES, batch.maxBytes), setting: `POST ${SIGN_IN_ROUTE}` },
    rules: ofOthers.rules,
  };
  const routeOf = ({ routeOptions: { url } }: FastifyRequest): BodyRoute => {
    if (batchRoutes.includes(url)) return ofBatch;
    return url === `${http.basePath}${SIGN_IN_ROUTE}` ? ofSignIn : ofOthers;
  };

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
