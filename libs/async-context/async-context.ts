import { AsyncLocalStorage } from 'node:async_hooks';

/** Keeps the storage on for late work of a flow, and between flows in quick succession. */
const IDLE_MS = 100;

/** Holds the value of one flow. Timers and sockets made in the flow keep the holder, but not the value. */
interface Flow<Value> {
  value: Value | undefined;
}

/**
 * A value that an asynchronous flow carries along until it ends, however deep its calls. Code that outlives the
 * flow, a timer for example, has no value any more.
 *
 * The storage is switched off while no flow has a value: before Node 24 an active AsyncLocalStorage slows down
 * every promise, timer and socket of the process, which would cost responses from the cache a quarter of their
 * rate.
 */
export class AsyncContext<Value extends object | string> {
  private readonly storage = new AsyncLocalStorage<Flow<Value> | undefined>();
  private flows = 0;
  private switchOff: NodeJS.Timeout | undefined;

  /** The value of the current flow; `undefined` outside of one and after its end. */
  get(): Value | undefined {
    return this.storage.getStore()?.value;
  }

  /** Whether a flow that has ended started this code, as far as that is still known. */
  hasEnded(): boolean {
    const flow = this.storage.getStore();
    return flow !== undefined && flow.value === undefined;
  }

  /** Runs `work` and all it calls with a value, until the promise of `work` is settled. */
  async run<Result>(value: Value, work: () => Promise<Result>): Promise<Result> {
    const flow: Flow<Value> = { value };
    this.flows += 1;
    try {
      return await this.storage.run(flow, work);
    } finally {
      flow.value = undefined;
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
