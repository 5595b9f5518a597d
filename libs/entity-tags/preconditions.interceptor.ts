import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Conditional } from './conditional.decorator.js';
import { parseIfMatch } from './if-match.js';
import { Preconditions } from './preconditions.js';

/** Reads the `If-Match` of requests to conditional routes, for their services to evaluate. */
@Injectable()
export class PreconditionsInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly preconditions: Preconditions,
  ) {}

  /** @throws InvalidIfMatch */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = headers['if-match'];
    const isConditional = this.reflector.get(Conditional, context.getHandler()) as true | undefined;
    if (given === undefined || isConditional !== true) return next.handle();
    const handler = (): Promise<unknown> =>
      lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: undefined });
    return from(this.preconditions.run(parseIfMatch(given), handler));
  }
}
