import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { BoundedThread, isOutOfMemory } from '#libs/event-loop/bounded-thread.js';
import { CachedResponse } from '#libs/http-cache/cached-response.js';
import type { BoundedText } from '#libs/memory/large-responses.js';
import { LargeResponses } from '#libs/memory/large-responses.js';
import type { DocumentSubject } from '#libs/openapi/openapi-writer.js';
import { DocumentTooLarge } from './discovery.errors.js';
import type { Writing } from './openapi-document.worker.js';
import { writeOpenApiDocument } from './write-openapi-document.js';

/** Documents of more registered text are written by another thread. */
const MAX_LENGTH_ON_EVENT_LOOP = 32 * 1024;
/** Documents are few: their thread leaves its memory soon. */
const IDLE_TIMEOUT_MS = 1000;
const TIME_LIMIT_MS = 20_000;
/** A document repeats as text in its extensions what OpenAPI has no place for, and prefixes each reference. */
const DOCUMENT_PER_BATCH_BYTE = 3;
const HEAP_PER_BATCH_BYTE = 7;

/** Writes OpenAPI documents, large ones in a thread of its own whose memory and time are bounded. */
@Injectable()
export class OpenApiDocuments implements OnApplicationShutdown {
  /** Bounds the documents that are written at once. */
  private readonly written: LargeResponses;
  private readonly maxBytes: number;
  private readonly thread: BoundedThread;

  constructor({ batch }: AppConfig) {
    this.written = new LargeResponses(batch.maxBytes);
    this.maxBytes = DOCUMENT_PER_BATCH_BYTE * batch.maxBytes;
    this.thread = new BoundedThread({
      module: new URL('./openapi-document.worker.js', import.meta.url),
      heapBytes: HEAP_PER_BATCH_BYTE * batch.maxBytes,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
    });
  }

  /**
   * The OpenAPI 3.1 document of the endpoints that `read` gives.
   *
   * @throws NoRoomForAnswer, DocumentTooLarge
   */
  write(subject: DocumentSubject, read: (maxBytes: number) => Promise<BoundedText>): Promise<CachedResponse> {
    return this.written.make(read, async (endpoints) => {
      const document = await this.document({ subject, endpoints, maxBytes: this.maxBytes });
      if (document === undefined) throw new DocumentTooLarge(this.maxBytes);
      return CachedResponse.ofBytes(Buffer.from(document));
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.thread.destroy();
  }

  private async document(writing: Writing): Promise<ArrayBuffer | undefined> {
    const { subject, endpoints, maxBytes } = writing;
    if (endpoints.length <= MAX_LENGTH_ON_EVENT_LOOP)
      return writeOpenApiDocument(subject, endpoints, maxBytes)?.buffer;
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    try {
      return (await this.thread.run(writing, { name: 'write', signal: limit })) as ArrayBuffer | undefined;
    } catch (error) {
      if (isOutOfMemory(error) || limit.aborted) throw new DocumentTooLarge(maxBytes);
      throw error;
    }
  }
}
