import { AsyncLocalStorage } from 'node:async_hooks';

/** For work that goes on a little after its flow has ended, and so that flows in quick succession switch nothing. */
const IDLE_MS = 100;

/** Holds the value of one flow. Timers and sockets made in the flow keep the holder, but not the value. */
interface Flow<Value> {
  value: Value | undefined;
}

/**
 * A value that an asynchronous flow carries along, however deep its calls, until the flow ends. Code that outlives the
 * flow, for example a timer started in it, has no value any more.
 *
 * While no flow has one, it is switched off: before Node 24 a storage that is on makes every promise, timer and socket
 * of the process dearer, which would cost the answers from memory a quarter of their rate.
 */
export class Ambient<Value extends object | string> {
  private readonly storage = new AsyncLocalStorage<Flow<Value> | undefined>();
  private flows = 0;
  private switchOff: NodeJS.Timeout | undefined;

  /** The value of the current flow; `undefined` outside of one and after its end. */
  get(): Value | undefined {
    return this.storage.getStore()?.value;
  }

  /** Whether this code was started by a flow that has ended meanwhile, as far as that is still known. */
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
