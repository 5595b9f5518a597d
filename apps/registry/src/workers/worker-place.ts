import cluster, { type Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import { RestartDelay } from './restart-delay.js';
import { type Assignment, isReport, type Order } from './worker-messages.js';
import { WorkerStartError } from './worker-start-error.js';

/** Beyond what a worker may take for draining: then it hangs. */
const HANGING_MS = 20_000;

/** A place in the set of workers: when the worker in it ends unasked, another one takes it. */
export class WorkerPlace {
  private readonly logger = new Logger('Workers');
  private readonly restartDelay = new RestartDelay();
  private worker: Worker | undefined;
  private ended: Promise<void> = Promise.resolve();
  private restart: NodeJS.Timeout | undefined;
  private wasReady = false;
  private stopping = false;

  constructor(
    private readonly number: number,
    private readonly assignment: Assignment,
  ) {}

  /**
   * Starts the first worker, and returns when it serves.
   *
   * @throws WorkerStartError when it ends before it is ready: who cannot start at all is not started again
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.fork(resolve, reject);
    });
  }

  /** Has the worker drain, and returns when it has ended. One that hangs is killed. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const { delaySeconds, timeoutSeconds } = this.assignment.config.shutdown;
    const hanging = setTimeout(
      () => {
        this.logger.error(`Worker ${this.number} does not end and is killed`);
        this.worker?.process.kill('SIGKILL');
      },
      (delaySeconds + timeoutSeconds) * 1000 + HANGING_MS,
    );
    this.tell({ type: 'registry:stop' });
    await this.ended;
    clearTimeout(hanging);
  }

  private fork(onReady: () => void, onFailure: (error: Error) => void): void {
    const worker = cluster.fork();
    const begin = performance.now();
    let reason: string | undefined;
    this.worker = worker;
    worker.on('message', (message: unknown) => {
      if (!isReport(message)) return;
      if (message.type === 'registry:failed') reason = message.reason;
      else if (message.type === 'registry:awake') {
        this.tell({ type: 'registry:serve', assignment: this.assignment });
        if (this.stopping) this.tell({ type: 'registry:stop' });
      } else {
        this.wasReady = true;
        this.logger.log(`Worker ${this.number} is ready: ${processOf(worker)}`);
        onReady();
      }
    });
    this.ended = endOf(worker).then((how) => {
      if (this.wasReady && !this.stopping) this.startAgain(how, reason, performance.now() - begin);
      else
        onFailure(
          new WorkerStartError(reason ?? `Worker ${this.number} ended (${how}) before it was ready\n`),
        );
    });
  }

  private startAgain(how: string, reason: string | undefined, ranMs: number): void {
    const delay = this.restartDelay.after(ranMs);
    const why = reason === undefined ? '' : `: ${reason.trim()}`;
    this.logger.error(
      `Worker ${this.number} (${processOf(this.worker)}) ended with ${how} and starts again in ${delay / 1000} s${why}`,
    );
    this.restart = setTimeout(() => {
      this.fork(
        () => undefined,
        () => undefined,
      );
    }, delay);
  }

  private tell(order: Order): void {
    if (this.worker?.isConnected() === true) this.worker.send(order, () => undefined);
  }
}

/** How a worker ended: by which signal, with which exit code, or why it never came to life. */
function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => {
      resolve(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    worker.on('error', (error) => {
      // Of one that lives this says only that it could not be told something: its end will be told, too.
      if (worker.process.pid === undefined) resolve(error.message);
    });
  });
}

function processOf(worker: Worker | undefined): string {
  return `process ${worker?.process.pid ?? 'unknown'}`;
}
