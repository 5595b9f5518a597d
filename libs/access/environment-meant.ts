import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

export const DEFAULT_ENVIRONMENT = 'production';

/** The environment a read is about: the query says it, else the header, else it is `production`. */
export function environmentMeant(request: FastifyRequest): string {
  const { environment } = request.query as { environment?: unknown };
  if (typeof environment === 'string' && environment !== '') return environment;
  return headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT;
}

/** The environment the body of a change is about, `production` when it names none. The route checks the body. */
export function environmentInBody(request: FastifyRequest): string {
  const { environment } = (request.body ?? {}) as { environment?: unknown };
  return typeof environment === 'string' ? environment : DEFAULT_ENVIRONMENT;
}

/** Gives a handler the environment its request is about. */
export const EnvironmentMeant = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  environmentMeant(context.switchToHttp().getRequest<FastifyRequest>()),
);
