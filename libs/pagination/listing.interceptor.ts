import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { textPieces } from '../event-loop/text-pieces.js';
import { jsonOf } from '../json/json-pieces.js';
import { ItemStream, Page } from './listing.js';

const PIECE_LENGTH = 64 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers a `Page` as a JSON array with a `Link` to the next one (RFC 8288), an `ItemStream` as a streamed array. */
@Injectable()
export class ListingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((result: unknown): unknown => {
        if (result instanceof ItemStream) return streamed(result);
        if (!isPage(result)) return result;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        if (result.next !== undefined) {
          linkToNext(context.switchToHttp().getRequest<FastifyRequest>(), reply, result.next);
        }
        reply.type(JSON_TYPE);
        return jsonOf(result.items);
      }),
    );
  }
}

/** Says where the next page is (RFC 8288). */
export function linkToNext(request: FastifyRequest, reply: FastifyReply, cursor: string): void {
  reply.header('link', `<${nextPage(request.url, cursor)}>; rel="next"`);
}

function isPage(result: unknown): result is Page<unknown> {
  return result instanceof Page;
}

function nextPage(url: string, cursor: string): string {
  const [path = '', ...query] = url.split('?');
  const parameters = new URLSearchParams(query.join('?'));
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}

function streamed(stream: ItemStream<unknown>): StreamableFile {
  const text = Readable.from(jsonArray(stream.batches), { objectMode: false });
  text.once('close', stream.close);
  return new StreamableFile(text, { type: JSON_TYPE });
}

async function* jsonArray(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of batches) {
    for (const item of batch) {
      // Of a large item only what the client takes becomes bytes.
      yield* textPieces(separator + jsonOf(item), PIECE_LENGTH);
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}
