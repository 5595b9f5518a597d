import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import {
  obtainPostmaster,
  type Postmaster,
  type PostmasterOptions,
  stopPostmaster,
  stopPostmasterAtOnce,
} from './postmaster.js';
import { isRunning } from './process-identity.js';

const POLL_MS = 500;
/** Before each attempt to start the server again. */
const DELAYS_MS = [0, 1000, 2000, 4000];
/** A server that ran this long started correctly. */
const STEADY_MS = 60_000;

/**
 * Restarts a server that exits, on the same port, so that connections to the same URL find it. Gives up after four
 * attempts in a row that failed, or led to a server that exited within a minute.
 */
export class SupervisedPostmaster {
  /** Resolves with the reason when the server is not started again any more. */
  readonly failure: Promise<EmbeddedPostgresError>;
  private readonly logger = new Logger('Database');
  private readonly stopping = new AbortController();
  private readonly supervision: Promise<void>;
  private fail!: (reason: EmbeddedPostgresError) => void;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: PostmasterOptions,
    private postmaster: Postmaster,
  ) {
    this.failure = new Promise((resolve) => {
      this.fail = resolve;
    });
    this.supervision = this.supervise();
  }

  /** Fast shutdown, also of a server that is just being started again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.supervision;
    await stopPostmaster(this.postmaster);
  }

  /** Ends the server within 5 s, without waiting for anything, and reports the reason. */
  async stopAtOnce(reason: EmbeddedPostgresError): Promise<void> {
    this.stopping.abort();
    const stopped = stopPostmasterAtOnce(this.postmaster);
    await this.supervision;
    await stopped.catch((error: unknown) => {
      this.logger.error((error as Error).message);
    });
    this.fail(reason);
  }

  private async supervise(): Promise<void> {
    let attempts = 0;
    try {
      for (;;) {
        const ranMs = await this.exit();
        if (ranMs >= STEADY_MS) attempts = 0;
        attempts = await this.restart(attempts);
      }
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.fail(
        error instanceof EmbeddedPostgresError
          ? error
          : new EmbeddedPostgresError((error as Error).message, { cause: error }),
      );
    }
  }

  /** Waits until the server exits; returns its run time in milliseconds. */
  private async exit(): Promise<number> {
    const begin = performance.now();
    while (await isRunning(this.postmaster)) await this.pause(POLL_MS);
    this.stopping.signal.throwIfAborted();
    return performance.now() - begin;
  }

  /** Returns the number of attempts used so far; throws the last failure when all are used up. */
  private async restart(used: number): Promise<number> {
    let failure = `The embedded PostgreSQL (process ${this.postmaster.pid}) ended by itself`;
    for (let attempts = used; ; attempts++) {
      const delay = DELAYS_MS[attempts];
      if (delay === undefined) {
        throw new EmbeddedPostgresError(
          `${failure}; given up after ${DELAYS_MS.length} attempts to start it`,
        );
      }
      this.logger.error(`${failure}; starting it again${delay === 0 ? '' : ` in ${delay / 1000} s`}`);
      await this.pause(delay);
      try {
        const { port } = this.postmaster;
        const { signal } = this.stopping;
        this.postmaster = await obtainPostmaster(this.cluster, { ...this.options, port, signal });
        this.logger.log(`The embedded PostgreSQL serves again: process ${this.postmaster.pid}`);
        return attempts + 1;
      } catch (error) {
        this.stopping.signal.throwIfAborted();
        failure = (error as Error).message;
      }
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal, ref: false });
  }
}
