import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runInScope } from '../tracing/request-scope.js';
import { routeOf } from '../tracing/route.js';
import type { DomainError } from './domain-error.js';
import {
  describeProblem,
  INTERNAL_ERROR_PROBLEM,
  PROBLEM_MEDIA_TYPE,
  type ProblemStatement,
} from './problem.js';

/** Recognises errors of another layer (the database's) as a refusal of the contract. */
export type ErrorTranslator = (error: unknown) => DomainError | undefined;

/**
 * Renders every error as a problem document; unexpected errors are logged with the request id and reveal nothing.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly translate: ErrorTranslator) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(request, reply, this.state(error, request));
  }

  private state(error: unknown, request: FastifyRequest): ProblemStatement {
    // What the client did wrong comes first: a body cut off is an ECONNRESET too, but not the database's.
    const statement = describeProblem(error) ?? describeProblem(this.translate(error));
    if (statement === undefined || statement.status >= 500) {
      const reason = error instanceof Error ? error.message : String(error);
      // Not the path, in which a client may have put anything; nor always in scope: credentials are checked before.
      const message = `${request.method} ${routeOf(request)} failed: ${reason}`;
      runInScope(request, () => {
        if (statement === undefined)
          this.logger.error(message, error instanceof Error ? error.stack : undefined);
        else this.logger.warn(message);
      });
    }
    return statement ?? INTERNAL_ERROR_PROBLEM;
  }
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, statement: ProblemStatement): void {
  const { headers, type, title, status, detail, errors } = statement;
  void reply
    .status(status)
    .headers(headers)
    // Whatever a success may have been about to allow.
    .header('cache-control', 'no-store')
    .type(PROBLEM_MEDIA_TYPE)
    .send(
      JSON.stringify({
        type,
        title,
        status,
        detail,
        instance: pathOf(request),
        requestId: request.id,
        errors,
      }),
    );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
