import { BodyTooSlow } from './body.errors.js';
import type { IncomingBody } from './receive-body.js';

/** What every body has to make of progress while others wait. */
const STALL_SECONDS = 5;
const MIN_PROGRESS_BYTES = 64 * 1024;

/** Gives up bodies that stall while other requests wait for the memory that is lent to them. */
export class StalledBodies {
  /** Bodies on their way, and how much of them had come at the last look. */
  private readonly arriving = new Map<IncomingBody, number | undefined>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param isWaitedFor whether requests wait
   * @param onGivenUp called for every body that is given up
   */
  constructor(
    private readonly isWaitedFor: () => boolean,
    private readonly onGivenUp: () => void,
  ) {}

  /** Watches a body until it has come. */
  async watch(body: IncomingBody): Promise<Buffer> {
    this.arriving.set(body, undefined);
    try {
      return await body.bytes;
    } finally {
      this.arriving.delete(body);
    }
  }

  /** Looks at them until no request waits any more. */
  look(): void {
    // Not a job of the service: it looks only while requests wait.
    // eslint-disable-next-line no-restricted-globals
    this.timer ??= setInterval(() => {
      this.giveUpStalled();
    }, STALL_SECONDS * 1000).unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private giveUpStalled(): void {
    if (!this.isWaitedFor()) {
      this.close();
      for (const body of this.arriving.keys()) this.arriving.set(body, undefined);
      return;
    }
    for (const [body, before] of this.arriving) {
      if (before === undefined || body.received - before >= MIN_PROGRESS_BYTES) {
        this.arriving.set(body, body.received);
      } else {
        this.onGivenUp();
        body.giveUp(new BodyTooSlow(MIN_PROGRESS_BYTES, STALL_SECONDS));
      }
    }
  }
}
