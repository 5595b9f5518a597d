import cluster, { type Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import { RestartDelay } from './restart-delay.js';
import { isWorkerEvent, type WorkerCommand, type WorkerConfig } from './worker-messages.js';
import { WorkerStartError } from './worker-start-error.js';

/** Added to the time that draining may take; after it a worker counts as hanging. */
const HANGING_MS = 20_000;

/** A slot in the set of workers: a worker that exits unexpectedly is replaced. */
export class WorkerSlot {
  private readonly logger = new Logger('Workers');
  private readonly restartDelay = new RestartDelay();
  private worker: Worker | undefined;
  private ended: Promise<void> = Promise.resolve();
  private restart: NodeJS.Timeout | undefined;
  private wasReady = false;
  private stopping = false;

  constructor(
    private readonly number: number,
    private readonly assignment: WorkerConfig,
  ) {}

  /**
   * Starts the first worker, and returns when it serves.
   *
   * @throws WorkerStartError when it exits before it is ready: such a worker is not restarted
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.fork(resolve, reject);
    });
  }

  /** Drains the worker and returns when it has exited. A hanging worker is killed. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const { delaySeconds, timeoutSeconds } = this.assignment.config.shutdown;
    const hanging = setTimeout(
      () => {
        this.logger.error(`Worker ${this.number} did not exit in time and is killed`);
        this.worker?.process.kill('SIGKILL');
      },
      (delaySeconds + timeoutSeconds) * 1000 + HANGING_MS,
    );
    this.send({ type: 'registry:stop' });
    await this.ended;
    clearTimeout(hanging);
  }

  private fork(onReady: () => void, onFailure: (error: Error) => void): void {
    const worker = cluster.fork();
    const begin = performance.now();
    let reason: string | undefined;
    this.worker = worker;
    worker.on('message', (message: unknown) => {
      if (!isWorkerEvent(message)) return;
      if (message.type === 'registry:failed') reason = message.reason;
      else if (message.type === 'registry:awake') {
        this.send({ type: 'registry:serve', assignment: this.assignment });
        if (this.stopping) this.send({ type: 'registry:stop' });
      } else {
        this.wasReady = true;
        this.logger.log(`Worker ${this.number} is ready: ${processOf(worker)}`);
        onReady();
      }
    });
    this.ended = exitOf(worker).then((how) => {
      if (this.wasReady && !this.stopping) this.restartAfterDelay(how, reason, performance.now() - begin);
      else
        onFailure(
          new WorkerStartError(reason ?? `Worker ${this.number} ended (${how}) before it was ready\n`),
        );
    });
  }

  private restartAfterDelay(how: string, reason: string | undefined, ranMs: number): void {
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

  private send(command: WorkerCommand): void {
    if (this.worker?.isConnected() === true) this.worker.send(command, () => undefined);
  }
}

/** How a worker exited: its signal, its exit code, or why it could not be started. */
function exitOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => {
      resolve(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    worker.on('error', (error) => {
      // For a running worker this means only that a message was not delivered; its exit is reported separately.
      if (worker.process.pid === undefined) resolve(error.message);
    });
  });
}

function processOf(worker: Worker | undefined): string {
  return `process ${worker?.process.pid ?? 'unknown'}`;
}
