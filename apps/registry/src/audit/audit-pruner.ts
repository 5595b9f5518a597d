import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AuditPruningService } from './audit-pruning.service.js';

const INTERVAL_MS = 10 * 60_000;

/** Has the trail pruned at the start and every few minutes, one call at a time, and stops between two batches. */
@Injectable()
export class AuditPruner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AuditTrail');
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly pruning: AuditPruningService) {}

  /** Nobody waits for it: the service is ready before the trail is short. */
  onApplicationBootstrap(): void {
    void this.tick();
  }

  @Interval(INTERVAL_MS)
  async tick(): Promise<void> {
    this.running ??= this.attempt().finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async attempt(): Promise<void> {
    try {
      await this.pruning.prune(this.stop.signal);
    } catch (error) {
      this.logger.error(`Old entries could not be deleted yet: ${(error as Error).message}`);
    }
  }
}
