/** Why bytes are not lent: what has no room for them. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';

  constructor(readonly within: 'budget' | 'share') {
    super(`No room within the ${within}`);
  }
}

export interface BudgetLimits {
  /** Bytes lent at once. */
  readonly total: number;
  /** Bytes lent at once to one holder. */
  readonly perHolder: number;
  /** Requests that wait at once, in all and of one holder. */
  readonly maxWaiting: number;
  readonly maxWaitingPerHolder: number;
  /** Longest wait. */
  readonly waitMs: number;
}

/** Bytes that are lent until they are given back. */
export interface Loan {
  /** Lends more at once. @throws NoRoom */
  grow(bytes: number): void;
  /** May be called more than once. */
  giveBack(): void;
}

interface Waiting {
  readonly holder: string | undefined;
  readonly bytes: number;
  readonly admit: () => void;
}

/**
 * Lends bytes of memory up to a limit, and up to a share of it to one holder. Requests for which there is no room wait
 * in their order; those of a holder whose share is used up let others pass.
 */
export class ByteBudget {
  private lent = 0;
  private readonly lentTo = new Map<string, number>();
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly limits: BudgetLimits) {}

  get bytes(): number {
    return this.lent;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** The loan when there is room at once and no one waits before; `undefined` otherwise. */
  tryLend(holder: string | undefined, bytes: number): Loan | undefined {
    return this.lacksRoomAfterOthers(holder, bytes) ? undefined : this.lend(holder, bytes);
  }

  /**
   * Lends as soon as there is room.
   *
   * @param holder whose share it is part of; undefined: nobody's
   * @throws NoRoom when too many wait, or none has come in time; the reason of `signal` when that is aborted
   */
  async borrow(holder: string | undefined, bytes: number, signal?: AbortSignal): Promise<Loan> {
    signal?.throwIfAborted();
    const loan = this.tryLend(holder, bytes);
    if (loan !== undefined) return loan;
    const { maxWaiting, maxWaitingPerHolder, waitMs } = this.limits;
    const ofHolder = [...this.waiting].filter((each) => each.holder === holder).length;
    if (holder !== undefined && ofHolder >= maxWaitingPerHolder) throw new NoRoom('share');
    if (this.waiting.size >= maxWaiting) throw new NoRoom('budget');
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(entry);
        clearTimeout(timeout);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        // One that waits longer than others may have held up those who would have fitted in.
        this.admitWaiting();
        reject(signal?.reason as Error);
      };
      const entry: Waiting = {
        holder,
        bytes,
        admit: () => {
          leave();
          resolve(this.lend(holder, bytes));
        },
      };
      const timeout = setTimeout(() => {
        leave();
        this.admitWaiting();
        reject(new NoRoom(this.exceedsShare(holder, bytes) ? 'share' : 'budget'));
      }, waitMs);
      signal?.addEventListener('abort', onAbort);
      this.waiting.add(entry);
    });
  }

  private lend(holder: string | undefined, bytes: number): Loan {
    let held = 0;
    const take = (more: number): void => {
      held += more;
      this.lent += more;
      if (holder !== undefined) this.lentTo.set(holder, (this.lentTo.get(holder) ?? 0) + more);
    };
    take(bytes);
    return {
      grow: (more) => {
        if (this.exceedsShare(holder, more)) throw new NoRoom('share');
        if (this.lent + more > this.limits.total) throw new NoRoom('budget');
        take(more);
      },
      giveBack: () => {
        if (held === 0) return;
        take(-held);
        if (holder !== undefined && this.lentTo.get(holder) === 0) this.lentTo.delete(holder);
        this.admitWaiting();
      },
    };
  }

  private lacksRoomAfterOthers(holder: string | undefined, bytes: number): boolean {
    if (this.exceedsShare(holder, bytes) || this.lent + bytes > this.limits.total) return true;
    // Whoever waits for its own share does not stand before others.
    return [...this.waiting].some(
      (each) => each.holder === holder || !this.exceedsShare(each.holder, each.bytes),
    );
  }

  private exceedsShare(holder: string | undefined, bytes: number): boolean {
    return holder !== undefined && (this.lentTo.get(holder) ?? 0) + bytes > this.limits.perHolder;
  }

  private admitWaiting(): void {
    for (const each of [...this.waiting]) {
      if (this.exceedsShare(each.holder, each.bytes)) continue;
      if (this.lent + each.bytes > this.limits.total) return;
      each.admit();
    }
  }
}
