import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseTraceparent, type TraceContext } from './traceparent.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its place in a trace where that is not what its `traceparent` says: the span begun for it. */
    traceContext?: TraceContext;
    scope?: RequestScope;
  }
}

/** What is known, wherever code runs, of the request it runs for. Small, since connections made meanwhile hold on to it. */
export class RequestScope {
  readonly requestId: string;
  readonly trace: TraceContext | undefined;
  /** Answered; what still runs belongs to nobody. */
  isOver = false;

  constructor({ id, headers, traceContext }: FastifyRequest) {
    this.requestId = id;
    this.trace = traceContext ?? parseTraceparent(headers.traceparent);
  }
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** The request this code runs for, as long as it is not answered. */
export function currentRequest(): RequestScope | undefined {
  const scope = scopes.getStore();
  return scope?.isOver === true ? undefined : scope;
}

/** Runs `work` for a request, where it is not known that it does. */
export function inScopeOf<T>(request: FastifyRequest, work: () => T): T {
  return scopes.run(request.scope ?? new RequestScope(request), work);
}

/**
 * Has every handler run in the scope of its request. What is answered before the handler, as most of discovery is,
 * does not pay for it.
 */
export function scopeRequests(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    const scope = new RequestScope(request);
    request.scope = scope;
    // Answered, or given up by the client.
    reply.raw.once('close', () => {
      scope.isOver = true;
    });
    scopes.run(scope, done);
  });
}
