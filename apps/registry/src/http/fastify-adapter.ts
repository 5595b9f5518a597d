import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { sendProblem } from '#libs/problem-details/problem.filter.js';
import { describeProblem, INTERNAL_ERROR_PROBLEM } from '#libs/problem-details/problem.js';
import { answerUnreadableRequest, markAnswered } from '#libs/problem-details/unreadable-request.js';
import { scopeRequests } from '#libs/tracing/request-scope.js';
import { logRequests } from '../observability/request-log.js';
import { measureRequests } from '../observability/request-metrics.js';
import { NO_OBSERVABILITY, type Observability } from '../observability/start-observability.js';
import { receiveBodies } from './bodies/receive-bodies.js';
import { refuseContentEncodings } from './content-encodings.js';
import { answerPreflights, enableCors, openCatalogues } from './cors.js';
import { collectDeclaredMethods } from './method-not-allowed.js';
import { rateLimiter } from './rate-limiter.js';
import { MAX_HEAD_BYTES, refuseHeads } from './request-head.js';
import { secureAnswer, secureAnswers } from './security-headers.js';
import type { ListenerTls } from './tls/listener-tls.js';
import { measureCertificates } from './tls/tls-metrics.js';
import { trustedProxies } from './trusted-proxies.js';
import { limitUnsentResponses } from './unsent-responses.js';

const SECOND_MS = 1000;
/** For URL and headers, within what REQUEST_TIMEOUT allows the whole request. */
const MAX_HEAD_SECONDS = 20;
/** Once the stop has begun, how long a connection on which nothing ever came may take to send something. */
const FIRST_BYTE_MS = 500;
/** A client's own request id is kept when it is short and plain. */
const REQUEST_ID = /^[A-Za-z0-9._:/=+-]{1,128}$/;

/** Fastify with the limits, request ids, body parsing, logging and metrics of the registry. */
export function fastifyAdapter(
  config: AppConfig,
  { metrics, tracing }: Observability = NO_OBSERVABILITY,
  tls?: ListenerTls,
): FastifyAdapter {
  const { http, healthChecks } = config;
  const { requestTimeoutSeconds } = http;
  const limit = rateLimiter(config, metrics);
  const answerUnroutable = (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    tieToRequest(request, reply);
    secureAnswer(reply);
    sendProblem(request, reply, describeProblem(limit(request, reply) ?? error) ?? INTERNAL_ERROR_PROBLEM);
  };
  const headersTimeout = Math.min(requestTimeoutSeconds, MAX_HEAD_SECONDS) * SECOND_MS;
  const server = {
    maxHeaderSize: MAX_HEAD_BYTES,
    // Node's refusal has no body; refuseHeads has one.
    requireHostHeader: false,
    requestTimeout: requestTimeoutSeconds * SECOND_MS,
    headersTimeout,
    connectionsCheckingInterval: SECOND_MS,
  };
  const adapter = new FastifyAdapter({
    ...(tls === undefined
      ? { http: server }
      : {
          https: {
            ...server,
            ...tls.contextOptions,
            // Beside the time for the head: nothing is read as HTTP before.
            handshakeTimeout: headersTimeout,
            requestCert: tls.asksForCertificates,
            // Applications and the public have none: guards decide.
            rejectUnauthorized: false,
          },
        }),
    requestTimeout: requestTimeoutSeconds * SECOND_MS,
    // Of a connection on which nothing moves, while an answer waits to be taken for instance. Health checks on demand
    // are the longest the registry itself may take before it answers.
    connectionTimeout: (requestTimeoutSeconds + healthChecks.timeoutSeconds) * SECOND_MS,
    keepAliveTimeout: http.keepAliveTimeoutSeconds * SECOND_MS,
    trustProxy: trustedProxies(http.trustProxy),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    genReqId: requestId,
    // While the service stops, what still arrives on open connections is answered like anything else.
    return503OnClosing: false,
    frameworkErrors: (error: Error, request: unknown, reply: unknown) => {
      // The hooks below do not run for a URL that no route can be looked up for, and Fastify does not ask TRUST_PROXY:
      // through a proxy, all such requests are counted as its own.
      answerUnroutable(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: answerUnreadableRequest,
  });
  const fastify = adapter.getInstance();
  tls?.attach(fastify.server as unknown as Server);
  measureCertificates(metrics, tls);
  fastify.addHook('onRequest', (request, reply, done) => {
    tieToRequest(request, reply);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    markAnswered(request.raw);
    done();
  });
  // Before all that may refuse or answer a request.
  tracing.traceRequests(fastify);
  scopeRequests(fastify);
  measureRequests(fastify, metrics);
  logRequests(fastify, config);
  secureAnswers(fastify, `${http.basePath}/docs`);
  // Before all refusals, so that a browser may read them.
  enableCors(fastify, http);
  fastify.addHook('onRequest', (request, reply, done) => {
    done(limit(request, reply));
  });
  refuseHeads(fastify, http);
  openCatalogues(fastify, http);
  answerPreflights(fastify, http);
  refuseContentEncodings(fastify);
  collectDeclaredMethods(fastify);
  letConnectionsGo(fastify, tls);
  limitUnsentResponses(fastify, metrics);
  receiveBodies(fastify, config, metrics);
  return adapter;
}

function tieToRequest(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
}

/** Once the stop has begun no connection outlives its answer: clients that keep theirs would delay the end. */
function letConnectionsGo(fastify: FastifyInstance, tls: ListenerTls | undefined): void {
  let stopping = false;
  const sockets = new Set<Socket>();
  fastify.server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    stopping = true;
    // Node.js does not count as idle what browsers open in advance, and would wait for a request on it.
    setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      tls?.cutHandshakes();
    }, FIRST_BYTE_MS).unref();
    done();
  });
  fastify.addHook('onSend', (_, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (_request, _reply, done) => {
    // An answer whose headers had left before the stop began.
    if (stopping)
      setImmediate(() => {
        fastify.server.closeIdleConnections();
      });
    done();
  });
}

function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
