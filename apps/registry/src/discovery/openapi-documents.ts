import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Piscina } from 'piscina';
import { AppConfig } from '#libs/config/app-config.js';
import { CachedResponse } from '#libs/http-cache/cached-response.js';
import type { BoundedText } from '#libs/memory/large-responses.js';
import { LargeResponses } from '#libs/memory/large-responses.js';
import type { DocumentSubject } from '#libs/openapi/openapi-writer.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
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
const LEAST_HEAP_MEBIBYTES = 64;
/** Node's own, 48, comes on top of the heap that a document needs, and is hardly quicker. */
const YOUNG_HEAP_MEBIBYTES = 12;

/** Writes OpenAPI documents, large ones in a thread of its own whose memory and time are bounded. */
@Injectable()
export class OpenApiDocuments implements OnApplicationShutdown {
  /** Bounds the documents that are written at once. */
  private readonly written: LargeResponses;
  private readonly maxBytes: number;
  private pool: Promise<Piscina> | undefined;

  constructor(private readonly config: AppConfig) {
    this.written = new LargeResponses(config.batch.maxBytes);
    this.maxBytes = DOCUMENT_PER_BATCH_BYTE * config.batch.maxBytes;
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
    await (await this.pool)?.destroy();
  }

  private async document(writing: Writing): Promise<ArrayBuffer | undefined> {
    const { subject, endpoints, maxBytes } = writing;
    if (endpoints.length <= MAX_LENGTH_ON_EVENT_LOOP)
      return writeOpenApiDocument(subject, endpoints, maxBytes)?.buffer;
    const pool = await this.startedPool();
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    try {
      return (await pool.run(writing, { name: 'write', signal: limit })) as ArrayBuffer | undefined;
    } catch (error) {
      const isOutOfMemory = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (isOutOfMemory || limit.aborted) throw new DocumentTooLarge(maxBytes);
      throw error;
    }
  }

  /** A start that failed, for lack of file descriptors for example, is tried again with the next document. */
  private startedPool(): Promise<Piscina> {
    const pool = (this.pool ??= newPool(this.config.batch.maxBytes));
    pool.catch(() => {
      this.pool = undefined;
    });
    return pool;
  }
}

async function newPool(maxBatchBytes: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: new URL('./openapi-document.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_TIMEOUT_MS,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_HEAP_MEBIBYTES,
      maxOldGenerationSizeMb:
        LEAST_HEAP_MEBIBYTES + Math.ceil((HEAP_PER_BATCH_BYTE * maxBatchBytes) / MEBIBYTE),
    },
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
}
