import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { HealthTargetsRepository } from '../probe/health-targets.repository.js';
import { DayClosingRepository } from './day-closing.repository.js';
import { type HealthCheckRecord, HealthCheckLogRepository } from './health-check-log.repository.js';
import { addDays, startOf, utcDayOf } from './utc-day.js';

export type { HealthCheckRecord } from './health-check-log.repository.js';

/** Takes over what another registry knows of the health of applications and environments. */
@Injectable()
export class HistoryImportService {
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
  async carryOn(targetIds: readonly string[]): Promise<void> {
    await this.targets.carryOn(targetIds);
  }

  /**
   * Writes the probes that are in neither log nor archive. They go to the log, whatever their day: whoever keeps the
   * history closes days that are over. Nobody does so meanwhile, or a probe on its way to the archive would be taken
   * for a missing one.
   *
   * @returns how many were missing
   */
  async append(records: readonly HealthCheckRecord[], { dryRun }: { dryRun: boolean }): Promise<number> {
    return this.database.transaction(async () => {
      if (!dryRun) await this.closing.becomeOnlyKeeper();
      const positions = new Set(await this.log.missing(records));
      const missing = records.filter((_, index) => positions.has(index));
      if (!dryRun && missing.length > 0) await this.log.append(missing);
      return missing.length;
    });
  }
}
