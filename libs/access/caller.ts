import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OperatorRole } from '../domain/operator.js';
import { Bindings } from './bindings.js';

/** An operator who was recognised, though perhaps not accepted. */
export interface KnownOperator {
  readonly id: string;
  readonly name: string;
}

/** An operator, by a key of their own or by `REGISTRY_ADMIN_KEY`. */
export interface OperatorCaller {
  readonly kind: 'admin';
  readonly role: OperatorRole;
  /** `REGISTRY_ADMIN_KEY` where the key is not an operator's own. */
  readonly operatorName: string;
  /** null: `REGISTRY_ADMIN_KEY`. */
  readonly operatorId: string | null;
  readonly operatorKeyId: string | null;
  /** Of the value of `REGISTRY_ADMIN_KEY`; null: the key is an operator's own. */
  readonly adminKeyFingerprint: string | null;
  readonly bindings: Bindings;
  /** null: the call is made with a key. */
  readonly session: { readonly id: string; readonly expiresAt: Date } | null;
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

/** A request on a public route, or one whose credentials were not accepted (yet). */
interface AnonymousCaller {
  readonly kind: 'anonymous';
}

export type Caller = OperatorCaller | ApplicationCaller | AnonymousCaller;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set when the request is admitted. */
    caller?: Caller;
  }
}

export function callerOf(request: FastifyRequest): Caller {
  return request.caller ?? { kind: 'anonymous' };
}

/** Gives a handler the admitted caller. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Gives a handler what the admitted caller is bound to: nothing, unless it is an operator who is. */
export const CurrentBindings = createParamDecorator((_: unknown, context: ExecutionContext): Bindings => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  return caller.kind === 'admin' ? caller.bindings : Bindings.NONE;
});

/** What a caller of the policy `agents` may see: an application, the environment of its key; everybody else as bound. */
export function bindingsOfAgent(caller: Caller): Bindings {
  switch (caller.kind) {
    case 'admin':
      return caller.bindings;
    case 'application':
      return new Bindings([caller.appKey], [caller.environment]);
    case 'anonymous':
      return Bindings.NONE;
  }
}

/** Gives a handler the {@link bindingsOfAgent}. */
export const AgentBindings = createParamDecorator((_: unknown, context: ExecutionContext): Bindings =>
  bindingsOfAgent(callerOf(context.switchToHttp().getRequest<FastifyRequest>())),
);
