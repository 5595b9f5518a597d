import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

interface AdminCaller {
  readonly kind: 'admin';
}

/** An application that proved itself with a key of one of its environments. */
export interface ApplicationCaller {
  readonly kind: 'application';
  readonly applicationId: string;
  readonly appKey: string;
  /** The environment the API key is bound to. */
  readonly environmentId: string;
  readonly environment: string;
  readonly apiKeyId: string;
}

/** Somebody on a public route, or whose credentials were not (yet) accepted. */
interface AnonymousCaller {
  readonly kind: 'anonymous';
}

export type Caller = AdminCaller | ApplicationCaller | AnonymousCaller;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard. */
    caller?: Caller;
  }
}

export function callerOf(request: FastifyRequest): Caller {
  return request.caller ?? { kind: 'anonymous' };
}

/** Gives a handler the caller the access guard accepted. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
