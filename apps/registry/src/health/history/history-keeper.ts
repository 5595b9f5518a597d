import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { HistoryKeepingService } from './history-keeping.service.js';

const INTERVAL_MS = 5 * 60_000;

/** Has the history kept every few minutes, one call at a time, and stops between two steps. */
@Injectable()
export class HistoryKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('HealthHistory');
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly history: HistoryKeepingService,
    private readonly clock: DatabaseClock,
  ) {}

  /** Before the first probe: the day of a new installation gets a partition of its own, too. */
  async onApplicationBootstrap(): Promise<void> {
    await this.attempt(() => this.history.makePartitionsAhead(this.clock.now()));
  }

  @Interval(INTERVAL_MS)
  async tick(): Promise<void> {
    this.running ??= this.attempt(() => this.history.keep(this.clock.now(), this.stop.signal)).finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`The history of health checks could not be kept yet: ${(error as Error).message}`);
    }
  }
}
