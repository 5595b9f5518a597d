/** Notices Ctrl-C and SIGTERM, so that work can end where it leaves nothing half done. A second one ends the process. */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly note = (): void => {
    this.dispose();
    this.controller.abort();
  };

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.note);
  }

  get happened(): boolean {
    return this.controller.signal.aborted;
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.note);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
