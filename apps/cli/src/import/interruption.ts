const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Catches the first SIGINT or SIGTERM, so that work can stop at a consistent point. A second signal has its default
 * effect.
 */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly others = SIGNALS.map((signal) => ({ signal, listeners: process.listeners(signal) }));
  private readonly note = (): void => {
    this.dispose();
    this.controller.abort();
  };

  constructor() {
    for (const signal of SIGNALS) process.removeAllListeners(signal).once(signal, this.note);
  }

  happened(): boolean {
    return this.controller.signal.aborted;
  }

  dispose(): void {
    for (const { signal, listeners } of this.others.splice(0)) {
      process.off(signal, this.note);
      for (const listener of listeners) process.on(signal, listener);
    }
  }
}
