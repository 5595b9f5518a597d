import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { headerValue } from '../http/header-value.js';
import { HEADERS } from './security-schemes.js';

export const DEFAULT_ENVIRONMENT = 'production';

/** The environment name, if one was given: existing clients send an empty text for none. */
export function environmentNamed(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The environment that a read asks for: from the query, otherwise the header, otherwise `production`. */
export function requestedEnvironment(request: FastifyRequest): string {
  const { environment } = request.query as { environment?: unknown };
  return environmentNamed(environment) ?? headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT;
}

/** The environment in the body of a change, otherwise `production`. The route validates the body. */
export function environmentInBody(request: FastifyRequest): string {
  const { environment } = (request.body ?? {}) as { environment?: unknown };
  return environmentNamed(environment) ?? DEFAULT_ENVIRONMENT;
}

/** Injects the {@link requestedEnvironment} into a handler. */
export const RequestedEnvironment = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  requestedEnvironment(context.switchToHttp().getRequest<FastifyRequest>()),
);
