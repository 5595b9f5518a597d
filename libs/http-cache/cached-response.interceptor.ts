import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, from, type Observable, of } from 'rxjs';
import { linkToNext } from '../pagination/listing.interceptor.js';
import { CachedResponse } from './cached-response.js';
import { prepareResponse } from './prepare-response.js';

/** Sends a {@link CachedResponse} with its entity tag and, for a page, the `Link` to the next one. */
@Injectable()
export class CachedResponseInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      concatMap((result: unknown) => {
        if (!(result instanceof CachedResponse)) return of(result);
        if (result.next !== undefined) linkToNext(request, reply, result.next);
        return from(Promise.resolve(prepareResponse(request, reply, result)));
      }),
    );
  }
}
