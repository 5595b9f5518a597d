const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** A worker that ran this long started correctly. */
const STEADY_MS = 60_000;

/** The delay before a worker is restarted: 1 s, doubled every time, at most 30 s. */
export class RestartDelay {
  private next = FIRST_MS;

  /** @param ranMs for how long it had run */
  after(ranMs: number): number {
    if (ranMs >= STEADY_MS) this.next = FIRST_MS;
    const delay = this.next;
    this.next = Math.min(2 * delay, LONGEST_MS);
    return delay;
  }
}
