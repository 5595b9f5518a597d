import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '#libs/access/caller.js';
import type { BatchLimits } from '#libs/config/app-config.js';
import { BudgetExceeded, ByteBudget, type Reservation } from '#libs/memory/byte-budget.js';
import type { Counter, Metrics } from '#libs/metrics/metrics.js';
import { type BodyLimit, BodyTooLarge, NoRoomForBody, TooManyBodies } from './body.errors.js';
import { BodyReader, MAX_BYTES_ON_EVENT_LOOP } from './body-reader.js';
import type { BodyRules } from './read-body.js';
import { receiveBody } from './receive-body.js';
import { StalledBodies } from './stalled-bodies.js';

const MAX_WAITING = 256;
const MAX_WAITING_OF_APPLICATION = 32;
/** Less than clients wait for an answer. */
const WAIT_MS = 10_000;
/** For its turn to be worked on, which follows that of all large bodies received before. */
const WAIT_FOR_TURN_MS = 60_000;
/** Bytes reserved for a body of unknown length. */
const FIRST_LOAN_BYTES = 16 * 1024;

/** A request whose body may come. */
interface Admitted {
  readonly response: ServerResponse;
  readonly loans: [Reservation, ...Reservation[]];
}

/** What a route takes as its body. */
export interface BodyRoute {
  readonly limit: BodyLimit;
  readonly rules: BodyRules;
}

/**
 * Keeps the bodies of all requests within bounds that no sequence of them exceeds: how many bytes they hold, in all and
 * of one application, from the moment their credentials are accepted to their answer; and how many bytes of large
 * ones are read and worked on at once, which takes many times as much memory.
 */
export class RequestBodies {
  private readonly held: ByteBudget;
  private readonly worked: ByteBudget;
  private readonly reader: BodyReader;
  private readonly stalled: StalledBodies;
  private readonly admitted = new WeakMap<FastifyRequest, Admitted>();
  private readonly refusals: Counter<'reason'>;
  private readonly share: number;

  constructor(
    private readonly limits: BatchLimits,
    metrics: Metrics,
  ) {
    const { maxBytes, bodiesMaxBytes } = limits;
    this.share = Math.max(maxBytes, Math.floor(bodiesMaxBytes / 2));
    this.held = new ByteBudget({
      total: bodiesMaxBytes,
      perHolder: this.share,
      maxWaiting: MAX_WAITING,
      maxWaitingPerHolder: MAX_WAITING_OF_APPLICATION,
      waitMs: WAIT_MS,
    });
    this.worked = new ByteBudget({
      total: maxBytes,
      perHolder: maxBytes,
      // All that wait hold bytes already, which bounds their number.
      maxWaiting: Infinity,
      maxWaitingPerHolder: Infinity,
      waitMs: WAIT_FOR_TURN_MS,
    });
    this.reader = new BodyReader(maxBytes);
    this.refusals = metrics.counter({
      name: 'mcp_registry_bodies_refused_total',
      help: 'Bodies refused because their application (share) or all requests (budget) held what they may, or that stalled (slow).',
      labels: ['reason'],
    });
    this.stalled = new StalledBodies(
      () => this.held.waitingCount > 0,
      () => {
        this.refusals.inc({ reason: 'slow' });
      },
    );
    metrics.gauge(
      {
        name: 'mcp_registry_body_bytes',
        help: 'Bytes lent to the bodies of requests under way; bounded by BODIES_MAX_BYTES of each process.',
        ofWorkers: 'sum',
      },
      {},
      () => this.held.bytes,
    );
    metrics.gauge(
      {
        name: 'mcp_registry_bodies_waiting',
        help: 'Requests whose body waits for room.',
        ofWorkers: 'sum',
      },
      {},
      () => this.held.waitingCount,
    );
  }

  /**
   * Lends a request the bytes its body will take: at once where there is room, so that nothing waits for a promise.
   *
   * @throws BodyTooLarge at once; the promise rejects with TooManyBodies or NoRoomForBody
   */
  admit(request: FastifyRequest, reply: FastifyReply, { limit }: BodyRoute): Promise<void> | undefined {
    const announced = announcedLength(request.raw);
    if (announced !== undefined && announced > limit.bytes) throw new BodyTooLarge(announced, limit);
    const bytes = announced ?? Math.min(FIRST_LOAN_BYTES, limit.bytes);
    const holder = holderOf(request);
    const loan = this.held.tryAcquire(holder, bytes);
    if (loan !== undefined) {
      this.admitted.set(request, { response: reply.raw, loans: [loan] });
      return undefined;
    }
    this.stalled.look();
    return this.refusing(this.held.acquire(holder, bytes, closeOf(reply.raw))).then((lent) => {
      this.admitted.set(request, { response: reply.raw, loans: [lent] });
    });
  }

  /** Receives and reads the body of an admitted request; `undefined` when there is none. */
  async take(request: FastifyRequest, { limit, rules }: BodyRoute): Promise<unknown> {
    const admitted = this.admitted.get(request);
    if (admitted === undefined) return undefined;
    const { response, loans } = admitted;
    const body = receiveBody(request.raw, announcedLength(request.raw), limit, loans[0]);
    const bytes = await this.refusing(this.stalled.watch(body));
    // Some clients announce JSON and send none, with DELETE for example.
    if (bytes.length === 0) return undefined;
    if (bytes.length > MAX_BYTES_ON_EVENT_LOOP) {
      const turn = this.worked.acquire(undefined, bytes.length, closeOf(response));
      loans.push(await this.refusing(turn));
    }
    return this.reader.read(bytes, rules);
  }

  /** Releases the reservation of a request. */
  release(request: FastifyRequest): void {
    for (const loan of this.admitted.get(request)?.loans ?? []) loan.release();
    this.admitted.delete(request);
  }

  async close(): Promise<void> {
    this.stalled.close();
    await this.reader.close();
  }

  /** The error for a refused reservation. */
  private async refusing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      this.refusals.inc({ reason: error.within });
      throw error.within === 'share'
        ? new TooManyBodies(this.share)
        : new NoRoomForBody(this.limits.bodiesMaxBytes);
    }
  }
}

/** Whether a body follows the head, which may turn out to be empty. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function announcedLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** The operator's requests are no application's. */
function holderOf(request: FastifyRequest): string | undefined {
  const caller = callerOf(request);
  return caller.kind === 'application' ? caller.appKey : undefined;
}

/** Aborts when the connection closes before the answer. */
function closeOf(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    closed.abort(Object.assign(new Error('The client went away'), { statusCode: 400 }));
  });
  return closed.signal;
}
