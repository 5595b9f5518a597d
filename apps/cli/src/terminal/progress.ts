const INTERVAL_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/**
 * How far long work has come, on one line of stderr that is written anew; nothing where nobody sits. A line of our
 * own, since that of the prompts takes Ctrl-C for itself and ends with exit code 0.
 */
export class Progress {
  private done = 0;
  private shownAt = 0;

  /** @param unit what is counted, as in "applications: 120" */
  constructor(private readonly unit: string) {}

  get count(): number {
    return this.done;
  }

  advance(by: number): void {
    this.done += by;
    if (!process.stderr.isTTY || Date.now() - this.shownAt < INTERVAL_MS) return;
    this.shownAt = Date.now();
    process.stderr.write(`${CLEAR_LINE}${this.unit}: ${this.done}`);
  }

  /** Leaves an empty line for what comes next. */
  end(): void {
    if (process.stderr.isTTY && this.shownAt > 0) process.stderr.write(CLEAR_LINE);
  }
}
