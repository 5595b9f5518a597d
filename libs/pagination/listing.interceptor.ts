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
import { JsonStream } from './json-stream.js';
import { ItemStream, Page } from './listing.js';

const PIECE_LENGTH = 64 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers a `Page` as a JSON array with a `Link` to the next one (RFC 8288), an `ItemStream` as a streamed array, and a
 * `JsonStream` as it is.
 */
@Injectable()
export class ListingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((result: unknown): unknown => {
        if (result instanceof ItemStream) return streamed(new JsonStream(jsonArray(result.batches)));
        if (!isPage(result) && !(result instanceof JsonStream)) return result;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        if (result.next !== undefined) {
          linkToNext(context.switchToHttp().getRequest<FastifyRequest>(), reply, result.next);
        }
        if (result instanceof JsonStream) return streamed(result);
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

function streamed({ texts, close, type }: JsonStream): StreamableFile {
  const pieces = Readable.from(piecesOf(texts), { objectMode: false });
  pieces.once('close', close);
  return new StreamableFile(pieces, { type });
}

/** Small texts together, because each piece is a write; of a large one only what the client takes becomes bytes. */
async function* piecesOf(texts: JsonStream['texts']): AsyncGenerator<string> {
  let small = '';
  for await (const text of texts) {
    small += text;
    if (small.length < PIECE_LENGTH) continue;
    yield* textPieces(small, PIECE_LENGTH);
    small = '';
  }
  yield small;
}

async function* jsonArray(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of batches) {
    for (const item of batch) {
      yield separator + jsonOf(item);
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}
