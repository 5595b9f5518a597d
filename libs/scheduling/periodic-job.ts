import {
  type BeforeApplicationShutdown,
  type FactoryProvider,
  Logger,
  type OnApplicationBootstrap,
  type Type,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';

export interface PeriodicJobOptions {
  /** For the log, as in "prune the audit trail". */
  readonly name: string;
  readonly everyMs: number;
  /** true: the first run begins at the start of the service, which does not wait for it. */
  readonly atStart?: boolean;
}

/** Stops its run, at the next step, when `signal` is aborted. */
export type JobRun = (signal: AbortSignal) => Promise<void>;

/**
 * Runs a task at a fixed interval, known to the scheduler by its name, from the start of the service to its
 * shutdown. Runs never overlap: a run that takes longer than the interval skips the rounds it covers. A failed run is logged, and the next round tries again.
 * Shutdown aborts the current run and waits for its end.
 */
export class PeriodicJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly shutdown = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly options: PeriodicJobOptions,
    private readonly run: JobRun,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  get name(): string {
    return this.options.name;
  }

  onApplicationBootstrap(): void {
    const interval = setInterval(() => {
      this.runUnlessRunning();
    }, this.options.everyMs);
    this.scheduler.addInterval(this.name, interval);
    if (this.options.atStart === true) this.runUnlessRunning();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const paused = this.pause();
    this.shutdown.abort();
    await paused;
  }

  /** Starts no more runs; resolves when a current one has finished. */
  async pause(): Promise<void> {
    if (this.scheduler.doesExist('interval', this.name)) this.scheduler.deleteInterval(this.name);
    await this.running;
  }

  private runUnlessRunning(): void {
    this.running ??= this.attempt().finally(() => {
      this.running = undefined;
    });
  }

  private async attempt(): Promise<void> {
    try {
      await this.run(this.shutdown.signal);
    } catch (error) {
      this.logger.error(`Failed to ${this.name}: ${(error as Error).message}`);
    }
  }
}

/** Provides a {@link PeriodicJob} that works with these services, for a `*-jobs.module.ts`. */
export function periodicJob<Services extends readonly unknown[]>(
  options: PeriodicJobOptions,
  services: { [Index in keyof Services]: Type<Services[Index]> },
  run: (signal: AbortSignal, ...services: Services) => Promise<void>,
): FactoryProvider<PeriodicJob> {
  return {
    provide: `PeriodicJob: ${options.name}`,
    inject: [SchedulerRegistry, ...services],
    useFactory: (scheduler: SchedulerRegistry, ...instances: unknown[]) =>
      new PeriodicJob(options, (signal) => run(signal, ...(instances as unknown as Services)), scheduler),
  };
}
