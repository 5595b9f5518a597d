/** A reservation failed, because of the budget or the holder's share. */
export class BudgetExceeded extends Error {
  override readonly name = 'NoRoom';

  constructor(readonly within: 'budget' | 'share') {
    super(`No room within the ${within}`);
  }
}

export interface BudgetLimits {
  /** Bytes reserved at once. */
  readonly total: number;
  /** Bytes reserved at once by one holder. */
  readonly perHolder: number;
  /** Waiting requests, in total and of one holder. */
  readonly maxWaiting: number;
  readonly maxWaitingPerHolder: number;
  /** Longest wait. */
  readonly waitMs: number;
}

/** Bytes reserved until they are released. */
export interface Reservation {
  /** Reserves more bytes immediately. @throws BudgetExceeded */
  grow(bytes: number): void;
  /** May be called more than once. */
  release(): void;
}

interface Waiting {
  readonly holder: string | undefined;
  readonly bytes: number;
  readonly admit: () => void;
}

/**
 * Reserves bytes of memory up to a limit, and up to a share of it for one holder. Requests without room wait in
 * order; those of a holder whose share is used up let others pass.
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

  /** The reservation when there is room and no other request waits; otherwise `undefined`. */
  tryAcquire(holder: string | undefined, bytes: number): Reservation | undefined {
    return this.lacksRoomAfterOthers(holder, bytes) ? undefined : this.lend(holder, bytes);
  }

  /**
   * Reserves bytes as soon as there is room.
   *
   * @param holder whose share is charged; undefined: no share
   * @throws BudgetExceeded when too many wait or the wait is too long; the reason of `signal` when that is
   *   aborted
   */
  async acquire(holder: string | undefined, bytes: number, signal?: AbortSignal): Promise<Reservation> {
    signal?.throwIfAborted();
    const loan = this.tryAcquire(holder, bytes);
    if (loan !== undefined) return loan;
    const { maxWaiting, maxWaitingPerHolder, waitMs } = this.limits;
    const ofHolder = [...this.waiting].filter((each) => each.holder === holder).length;
    if (holder !== undefined && ofHolder >= maxWaitingPerHolder) throw new BudgetExceeded('share');
    if (this.waiting.size >= maxWaiting) throw new BudgetExceeded('budget');
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(entry);
        clearTimeout(timeout);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        // An aborted request may have blocked smaller ones behind it.
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
        reject(new BudgetExceeded(this.exceedsShare(holder, bytes) ? 'share' : 'budget'));
      }, waitMs);
      signal?.addEventListener('abort', onAbort);
      this.waiting.add(entry);
    });
  }

  private lend(holder: string | undefined, bytes: number): Reservation {
    let held = 0;
    const take = (more: number): void => {
      held += more;
      this.lent += more;
      if (holder !== undefined) this.lentTo.set(holder, (this.lentTo.get(holder) ?? 0) + more);
    };
    take(bytes);
    return {
      grow: (more) => {
        if (this.exceedsShare(holder, more)) throw new BudgetExceeded('share');
        if (this.lent + more > this.limits.total) throw new BudgetExceeded('budget');
        take(more);
      },
      release: () => {
        if (held === 0) return;
        take(-held);
        if (holder !== undefined && this.lentTo.get(holder) === 0) this.lentTo.delete(holder);
        this.admitWaiting();
      },
    };
  }

  private lacksRoomAfterOthers(holder: string | undefined, bytes: number): boolean {
    if (this.exceedsShare(holder, bytes) || this.lent + bytes > this.limits.total) return true;
    // A request that waits for its own share does not block others.
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
