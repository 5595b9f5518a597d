import { ByteBudget, type Loan, NoRoom } from '#libs/memory/byte-budget.js';
import type { SizedText } from './discovery.repository.js';
import { NoRoomForAnswer } from './discovery.errors.js';

/** Smaller texts are read at once: the connections to the database bound how many at a time. */
const MAX_SMALL_BYTES = 256 * 1024;
const MAX_WAITING = 64;
/** Less than clients wait for an answer. */
const WAIT_MS = 15_000;

/** Bounds how many bytes of large answers are read and made at once, each of which takes several times as much memory. */
export class LargeAnswers {
  private readonly budget: ByteBudget;

  /** @param maxBytes made at once; one answer that is larger has all of it for itself */
  constructor(private readonly maxBytes: number) {
    this.budget = new ByteBudget({
      total: maxBytes,
      perHolder: maxBytes,
      maxWaiting: MAX_WAITING,
      maxWaitingPerHolder: MAX_WAITING,
      waitMs: WAIT_MS,
    });
  }

  /** @throws NoRoomForAnswer when too many wait, or none has room in time */
  async borrow(bytes: number): Promise<Loan> {
    try {
      return await this.budget.borrow(undefined, Math.min(bytes, this.maxBytes));
    } catch (error) {
      throw error instanceof NoRoom ? new NoRoomForAnswer() : error;
    }
  }

  /** Does `work`, whose answer may be of any size, while no other large answer is made. @throws NoRoomForAnswer */
  alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return this.within(this.maxBytes, work);
  }

  /** Does `work` that makes an answer of so many bytes: a small one at once, others when there is room. @throws NoRoomForAnswer */
  async within<Answer>(bytes: number, work: () => Promise<Answer>): Promise<Answer> {
    if (bytes <= MAX_SMALL_BYTES) return work();
    const loan = await this.borrow(bytes);
    try {
      return await work();
    } finally {
      loan.giveBack();
    }
  }

  /**
   * Reads a text, a large one when there is room for it, and makes something of it before others have that room.
   *
   * @param read gives the text when it has at most so many bytes
   * @throws NoRoomForAnswer
   */
  async make<Answer>(
    read: (maxBytes: number) => Promise<SizedText>,
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
