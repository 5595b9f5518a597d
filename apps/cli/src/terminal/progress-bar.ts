import { SingleBar } from 'cli-progress';

/** How far long work has come: a bar on a terminal, nothing anywhere else. */
export interface Progress {
  /** Begins a step of so many things. */
  begin(step: string, total: number): void;
  advance(count?: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** On stderr, so that the output stays clean. */
export function progress({ quiet }: { quiet: boolean }): Progress {
  return quiet || !process.stderr.isTTY ? SILENT : new Bar();
}

const SILENT: Progress = { begin: () => undefined, advance: () => undefined, end: () => undefined };

class Bar implements Progress {
  private readonly bar = new SingleBar({
    stream: process.stderr,
    format: '{step} [{bar}] {value}/{total}, {eta_formatted} left',
    barsize: 30,
    clearOnComplete: true,
    hideCursor: true,
    // It would end the process in the midst of its work.
    gracefulExit: false,
  });

  begin(step: string, total: number): void {
    this.bar.stop();
    this.bar.start(total, 0, { step });
  }

  advance(count = 1): void {
    this.bar.increment(count);
  }

  end(): void {
    this.bar.stop();
  }
}
