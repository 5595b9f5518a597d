import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

export const DEFAULT_ENVIRONMENT = 'production';

/** A name that was given; existing clients send an empty text where they mean none. */
export function environmentNamed(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The environment a read is about: the query says it, else the header, else it is `production`. */
export function environmentMeant(request: FastifyRequest): string {
  const { environment } = request.query as { environment?: unknown };
  return environmentNamed(environment) ?? headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT;
}

/** The environment the body of a change is about, `production` when it names none. The route checks the body. */
export function environmentInBody(request: FastifyRequest): string {
  const { environment } = (request.body ?? {}) as { environment?: unknown };
  return environmentNamed(environment) ?? DEFAULT_ENVIRONMENT;
}

/** Gives a handler the environment its request is about. */
export const EnvironmentMeant = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  environmentMeant(context.switchToHttp().getRequest<FastifyRequest>()),
);
