import { SingleBar } from 'cli-progress';

/** The progress of long work: a bar on a terminal, nothing elsewhere. */
export interface Progress {
  /** Begins a step; without a total only the count is shown. */
  begin(step: string, total?: number): void;
  advance(count?: number): void;
  /** Removes the bar. */
  end(): void;
}

/** Writes to stderr, so that the output stays clean. */
export function progress({ quiet = false }: { quiet?: boolean } = {}): Progress {
  return quiet || !process.stderr.isTTY ? SILENT : new Bar();
}

const SILENT: Progress = { begin: () => undefined, advance: () => undefined, end: () => undefined };

class Bar implements Progress {
  private bar: SingleBar | undefined;

  begin(step: string, total?: number): void {
    this.end();
    this.bar = new SingleBar({
      stream: process.stderr,
      format:
        total === undefined ? '{step}: {value}' : '{step} [{bar}] {value}/{total}, {eta_formatted} left',
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
      // It would end the process in the middle of its work.
      gracefulExit: false,
    });
    this.bar.start(total ?? 0, 0, { step });
  }

  advance(count = 1): void {
    this.bar?.increment(count);
  }

  end(): void {
    this.bar?.stop();
  }
}
