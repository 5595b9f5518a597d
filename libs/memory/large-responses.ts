import { BudgetExceeded, ByteBudget, type Reservation } from './byte-budget.js';
import { NoMemoryForResponse } from './no-memory-for-response.js';

/** Smaller texts are read immediately: the connection pool bounds them. */
const MAX_SMALL_BYTES = 256 * 1024;
const MAX_WAITING = 64;
/** Shorter than the time-outs of clients. */
const WAIT_MS = 15_000;

/** JSON that is read only when it is not too large. */
export interface BoundedText {
  readonly bytes: number;
  /** null: it is larger than was asked for. */
  readonly text: string | null;
}

/**
 * Bounds the bytes of large responses that are made at once, each of which takes several times as much memory.
 */
export class LargeResponses {
  private readonly budget: ByteBudget;

  /** @param maxBytes made at once; a larger response takes all of it */
  constructor(private readonly maxBytes: number) {
    this.budget = new ByteBudget({
      total: maxBytes,
      perHolder: maxBytes,
      maxWaiting: MAX_WAITING,
      maxWaitingPerHolder: MAX_WAITING,
      waitMs: WAIT_MS,
    });
  }

  /** @throws NoMemoryForResponse when too many wait, or the wait is too long */
  private async borrow(bytes: number): Promise<Reservation> {
    try {
      return await this.budget.acquire(undefined, Math.min(bytes, this.maxBytes));
    } catch (error) {
      throw error instanceof BudgetExceeded ? new NoMemoryForResponse() : error;
    }
  }

  /**
   * Begins a response that is sent as its client takes it, in one of `maxBytes` places.
   *
   * @param begin gets what gives the place back, to be called when the response has ended; when it fails, it is given back
   * @throws NoMemoryForResponse
   */
  async stream<Answer>(begin: (close: () => void) => Promise<Answer>): Promise<Answer> {
    const place = await this.borrow(1);
    const close = (): void => {
      place.release();
    };
    try {
      return await begin(close);
    } catch (error) {
      close();
      throw error;
    }
  }

  /**
   * Runs `work` whose response may have any size, while no other large response is made. @throws
   * NoMemoryForResponse
   */
  alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return this.within(this.maxBytes, work);
  }

  /**
   * Runs `work` that makes a response of this size: small ones immediately, others when there is room. @throws
   * NoMemoryForResponse
   */
  async within<Answer>(bytes: number, work: () => Promise<Answer>): Promise<Answer> {
    if (bytes <= MAX_SMALL_BYTES) return work();
    const loan = await this.borrow(bytes);
    try {
      return await work();
    } finally {
      loan.release();
    }
  }

  /**
   * Reads a text, a large one when there is room, and makes a response of it within that reservation.
   *
   * @param read returns the text when it has at most this many bytes
   * @throws NoMemoryForResponse
   */
  async make<Answer>(
    read: (maxBytes: number) => Promise<BoundedText>,
    answerOf: (text: string) => Promise<Answer>,
  ): Promise<Answer> {
    let maxBytes = MAX_SMALL_BYTES;
    let { bytes, text } = await read(maxBytes);
    if (text !== null) return answerOf(text);
    for (;;) {
      // It may grow until it is read.
      maxBytes = bytes;
      const made = await this.within(maxBytes, async () => {
        ({ bytes, text } = await read(maxBytes));
        return text === null ? undefined : { answer: await answerOf(text) };
      });
      if (made !== undefined) return made.answer;
    }
  }
}
