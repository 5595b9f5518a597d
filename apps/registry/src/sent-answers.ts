import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Metrics } from '#libs/metrics/metrics.js';
import { DomainError } from '#libs/problem-details/domain-error.js';

const MEBIBYTE = 1024 * 1024;
/** Smaller answers fit into the buffers of a connection. */
const MIN_COUNTED_BYTES = 64 * 1024;
/** Large answers that clients have not taken yet, each counted once however many clients it goes to. */
const MAX_BYTES = 24 * MEBIBYTE;
/** For which every client may take its answer, also when others need the memory. */
const GRANTED_MS = 15_000;
const RETRY_SECONDS = 5;

/** 503: clients that have not taken their answers hold all the memory there is for answers. */
class TooManyAnswers extends DomainError {
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

interface SentAnswer {
  readonly bytes: number;
  /** The responses it goes to, each with the time it began by the monotonic clock. */
  readonly begunAt: Map<ServerResponse, number>;
}

/** Bounds the memory of large answers that clients have not taken yet; see {@link boundSentAnswers}. */
class SentAnswers {
  private readonly sent = new Map<unknown, SentAnswer>();
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
    // Texts belong to one response; the bytes of a remembered answer go to many.
    const key = typeof payload === 'string' ? response : payload;
    let answer = this.sent.get(key);
    if (answer === undefined) {
      const bytes = Buffer.byteLength(payload);
      if (this.bytes > 0 && this.bytes + bytes > MAX_BYTES) {
        this.cutSlowest();
        throw new TooManyAnswers();
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
 * Has answers refused while clients that do not take theirs hold all the memory there is for them, and has clients cut
 * that take longer than is granted while others are refused.
 */
export function boundSentAnswers(fastify: FastifyInstance, metrics: Metrics): void {
  const answers = new SentAnswers(metrics);
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

/** What was said of the answer does not hold for its refusal. */
function forgetAnswer(reply: FastifyReply): void {
  for (const name of ['etag', 'content-encoding', 'link']) reply.removeHeader(name);
  reply.header('cache-control', 'no-store');
}
