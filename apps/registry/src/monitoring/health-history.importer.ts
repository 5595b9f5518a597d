import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { DayClosingRepository } from './history/day-closing.repository.js';
import { HealthCheckLogRepository, type HealthCheckRecord } from './history/health-check-log.repository.js';
import { addDays, startOf, utcDayOf } from './history/utc-day.js';
import { HealthTargetsRepository } from './probe/health-targets.repository.js';

export type { HealthCheckRecord } from './history/health-check-log.repository.js';

/** Takes over what another registry knows of the health of applications and environments. */
@Injectable()
export class HealthHistoryImporter {
  constructor(
    private readonly database: Database,
    private readonly log: HealthCheckLogRepository,
    private readonly closing: DayClosingRepository,
    private readonly targets: HealthTargetsRepository,
    private readonly config: AppConfig,
  ) {}

  /** Since when single probes are kept: older ones would be thrown away by the next process that keeps the history. */
  keptSince(now: Date): Date {
    return startOf(addDays(utcDayOf(now), -this.config.healthLogRetentionDays));
  }

  /** Has the prober go on from where another registry stood, with applications and environments that are new here. */
  async seedStatuses(targetIds: readonly string[]): Promise<void> {
    await this.targets.seedStatuses(targetIds);
  }

  /**
   * Writes checks that are in neither log nor archive into the log; the maintenance archives past days. It holds
   * the maintenance lock: a check on its way to the archive would look like a missing one.
   *
   * @returns how many were missing
   */
  async append(records: readonly HealthCheckRecord[], { dryRun }: { dryRun: boolean }): Promise<number> {
    return this.database.transaction(async () => {
      if (!dryRun) await this.closing.lock();
      const positions = new Set(await this.log.missing(records));
      const missing = records.filter((_, index) => positions.has(index));
      if (!dryRun && missing.length > 0) await this.log.append(missing);
      return missing.length;
    });
  }
}
