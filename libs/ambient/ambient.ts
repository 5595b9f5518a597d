import { AsyncLocalStorage } from 'node:async_hooks';

/** For work that goes on a little after its flow has ended, and so that flows in quick succession switch nothing. */
const IDLE_MS = 100;

/**
 * A value that an asynchronous flow carries along, however deep its calls.
 *
 * While no flow has one, it is switched off: before Node 24 a storage that is on makes every promise, timer and socket
 * of the process dearer, which would cost the answers from memory a quarter of their rate.
 */
export class Ambient<Value> {
  private readonly storage = new AsyncLocalStorage<Value>();
  private flows = 0;
  private switchOff: NodeJS.Timeout | undefined;

  /** The value of the current flow; `undefined` outside of one. */
  get(): Value | undefined {
    return this.storage.getStore();
  }

  /** Runs `work` and all it calls with a value. */
  async run<Result>(value: Value, work: () => Promise<Result>): Promise<Result> {
    this.flows += 1;
    try {
      return await this.storage.run(value, work);
    } finally {
      this.flows -= 1;
      if (this.flows === 0) this.switchOffSoon();
    }
  }

  /** Runs `work` and all it calls without a value. */
  exit<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.storage.exit(work);
  }

  private switchOffSoon(): void {
    this.switchOff ??= setTimeout(() => {
      if (this.flows === 0) this.storage.disable();
    }, IDLE_MS).unref();
    this.switchOff.refresh();
  }
}
