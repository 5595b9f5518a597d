import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { TaggedResponse } from './tagged-response.js';

/** Sends the body of a {@link TaggedResponse}, and its entity tag as a header. */
@Injectable()
export class TaggedResponseInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((result: unknown): unknown => {
        if (!(result instanceof TaggedResponse)) return result;
        if (result.tag !== undefined) reply.header('etag', result.tag);
        return result.body as object;
      }),
    );
  }
}
