import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AsyncContext } from '../async-context/async-context.js';
import { parseTraceparent, type TraceContext } from './traceparent.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its place in a trace where that is not what its `traceparent` says: the span begun for it. */
    traceContext?: TraceContext;
    scope?: RequestScope;
  }
}

/** The request that code runs for. */
export class RequestScope {
  readonly requestId: string;
  readonly trace: TraceContext | undefined;

  constructor({ id, headers, traceContext }: FastifyRequest) {
    this.requestId = id;
    this.trace = traceContext ?? parseTraceparent(headers.traceparent);
  }
}

const scopes = new AsyncContext<RequestScope>();
/** Whose work runs at this very moment, outside of any scope. */
let spokenFor: RequestScope | undefined;

/** The request this code runs for, as long as it is not answered. */
export function currentRequest(): RequestScope | undefined {
  return spokenFor ?? scopes.get();
}

/** Runs `work`, which waits for nothing, for a request, where it is not known that it does. */
export function runInScope(request: FastifyRequest, work: () => void): void {
  spokenFor = request.scope ?? new RequestScope(request);
  try {
    work();
  } finally {
    spokenFor = undefined;
  }
}

/**
 * Runs every handler in the scope of its request. Responses of hooks, as most of discovery, skip that cost.
 */
export function scopeRequests(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    const scope = new RequestScope(request);
    request.scope = scope;
    void scopes.run(scope, () => {
      done();
      return endOf(reply.raw);
    });
  });
}

/** Resolves when it is answered, or given up by the client, which it may have been before. */
function endOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once('close', resolve);
  });
}
