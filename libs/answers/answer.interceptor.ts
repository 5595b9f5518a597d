import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, from, type Observable, of } from 'rxjs';
import { linkToNext } from '../pagination/listing.interceptor.js';
import { answerRequest } from './answer-request.js';
import { ReadyAnswer } from './ready-answer.js';

/** Answers a {@link ReadyAnswer} with its bytes, its tag and, for a page, the `Link` to the next one. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      concatMap((result: unknown) => {
        if (!(result instanceof ReadyAnswer)) return of(result);
        if (result.next !== undefined) linkToNext(request, reply, result.next);
        return from(Promise.resolve(answerRequest(request, reply, result)));
      }),
    );
  }
}
