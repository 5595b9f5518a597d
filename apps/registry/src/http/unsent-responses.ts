import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Metrics } from '#libs/metrics/metrics.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { MEBIBYTE } from '#libs/units/bytes.js';

/** Smaller responses fit into the buffers of a connection. */
const MIN_COUNTED_BYTES = 64 * 1024;
/** Unsent bytes of large responses, each counted once however many clients it goes to. */
const MAX_BYTES = 24 * MEBIBYTE;
/** Time that every client has to read its response, also when others need the memory. */
const GRANTED_MS = 15_000;
const RETRY_SECONDS = 5;

/** 503: unsent responses use all the memory for responses. */
class TooManyUnsentResponses extends DomainError {
  constructor() {
    super({
      code: 'too-many-answers',
      status: 503,
      title: 'Too many large answers at once',
      detail: `Clients have not taken ${MAX_BYTES} bytes of other answers yet, which is all that is allowed at once. Try again in ${RETRY_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_SECONDS) },
    });
  }
}

interface UnsentResponse {
  readonly bytes: number;
  /** The HTTP responses with this body and their start by the monotonic clock. */
  readonly begunAt: Map<ServerResponse, number>;
}

/** Bounds the memory of large unsent responses; see {@link limitUnsentResponses}. */
class UnsentResponses {
  private readonly sent = new Map<unknown, UnsentResponse>();
  private bytes = 0;

  constructor(metrics: Metrics) {
    metrics.gauge(
      {
        name: 'mcp_registry_answer_bytes',
        help: 'Bytes of large answers that clients have not taken yet.',
        ofWorkers: 'sum',
      },
      {},
      () => this.bytes,
    );
  }

  /** @throws TooManyAnswers */
  begin(response: ServerResponse, payload: Buffer | string): void {
    // A text belongs to one response; cached bytes go to many.
    const key = typeof payload === 'string' ? response : payload;
    let answer = this.sent.get(key);
    if (answer === undefined) {
      const bytes = Buffer.byteLength(payload);
      if (this.bytes > 0 && this.bytes + bytes > MAX_BYTES) {
        this.cutSlowest();
        throw new TooManyUnsentResponses();
      }
      answer = { bytes, begunAt: new Map() };
      this.sent.set(key, answer);
      this.bytes += bytes;
    }
    answer.begunAt.set(response, performance.now());
    response.once('close', () => {
      this.end(key, response);
    });
  }

  private end(key: unknown, response: ServerResponse): void {
    const answer = this.sent.get(key);
    if (answer?.begunAt.delete(response) !== true || answer.begunAt.size > 0) return;
    this.sent.delete(key);
    this.bytes -= answer.bytes;
  }

  private cutSlowest(): void {
    const limit = performance.now() - GRANTED_MS;
    for (const { begunAt } of [...this.sent.values()]) {
      for (const [response, at] of [...begunAt]) if (at < limit) response.destroy();
    }
  }
}

/**
 * Refuses large responses while unsent ones use all the memory, and closes connections of clients that take longer
 * than granted.
 */
export function limitUnsentResponses(fastify: FastifyInstance, metrics: Metrics): void {
  const answers = new UnsentResponses(metrics);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (!isWhole || payload.length < MIN_COUNTED_BYTES) {
      done(null, payload);
      return;
    }
    try {
      answers.begin(reply.raw, payload);
      done(null, payload);
    } catch (error) {
      forgetAnswer(reply);
      done(error as Error);
    }
  });
}

/** Headers of the response do not apply to its refusal. */
function forgetAnswer(reply: FastifyReply): void {
  for (const name of ['etag', 'content-encoding', 'link']) reply.removeHeader(name);
  reply.header('cache-control', 'no-store');
}
