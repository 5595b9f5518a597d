import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import {
  DatabaseTooSlow,
  TransactionConflict,
  translateDatabaseError,
} from '#libs/database/database-errors.js';
import { DayClosingRepository } from './day-closing.repository.js';
import { DayPartitionsRepository } from './day-partitions.repository.js';
import { addDays, type UtcDay, utcDayOf } from './utc-day.js';

export const ROLLUP_RETENTION_DAYS = 400;

/** Days for which partitions exist ahead of time. */
const DAYS_AHEAD = 2;
/** A day is closed when its last checks have finished; later ones are merged into the archive. */
const CLOSING_DELAY_MS = 10 * 60_000;
/** Targets moved by one transaction: some 60,000 checks, about a second. */
const CHUNK_SIZE = 200;
const ROLLUPS_DELETED_AT_ONCE = 5000;

/** The lock is held by another process. */
class LockNotAcquired extends Error {}

/** Archives, rolls up and expires health checks. */
@Injectable()
export class HistoryMaintenanceService {
  private readonly logger = new Logger('HealthHistory');

  constructor(
    private readonly database: Database,
    private readonly partitions: DayPartitionsRepository,
    private readonly closing: DayClosingRepository,
    private readonly config: AppConfig,
  ) {}

  /**
   * Creates partitions ahead, closes past days and drops expired data. Safe to abort at any step, by `signal`, a
   * crash or a lock that is not available: every step is a transaction, and the next call continues. One process
   * works at a time.
   */
  async maintain(now: Date, signal = new AbortController().signal): Promise<void> {
    const today = utcDayOf(now);
    const logsFrom = addDays(today, -this.config.healthLogRetentionDays);
    await unlessKeptElsewhere(signal, async () => {
      await this.makeMissingPartitions(now, signal);
      for (const day of await this.daysBefore(utcDayOf(new Date(now.getTime() - CLOSING_DELAY_MS)))) {
        await this.unlessBlocked(() => this.close(day, logsFrom, signal));
      }
      for (const day of await this.partitions.days('HealthCheckLogArchive')) {
        if (day >= logsFrom) break;
        await this.unlessBlocked(() =>
          this.alone(signal, () => this.partitions.drop('HealthCheckLogArchive', day)),
        );
      }
      await this.deleteRollupsBefore(addDays(today, -ROLLUP_RETENTION_DAYS), signal);
    });
  }

  /** Makes the partitions of today and the next days, unless another process is about to. */
  async makePartitionsAhead(now: Date): Promise<void> {
    const { signal } = new AbortController();
    await unlessKeptElsewhere(signal, () => this.makeMissingPartitions(now, signal));
  }

  private async makeMissingPartitions(now: Date, signal: AbortSignal): Promise<void> {
    const made = await this.partitions.days('HealthCheckLog');
    for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
      const day = addDays(utcDayOf(now), ahead);
      if (made.includes(day)) continue;
      await this.unlessBlocked(() => this.alone(signal, () => this.partitions.make('HealthCheckLog', day)));
    }
  }

  private async daysBefore(day: UtcDay): Promise<UtcDay[]> {
    const own = (await this.partitions.days('HealthCheckLog')).filter((other) => other < day);
    return [...new Set([...own, ...(await this.closing.strayDaysBefore(day))])].sort();
  }

  private async close(day: UtcDay, logsFrom: UtcDay, signal: AbortSignal): Promise<void> {
    if (await this.closing.isOpen(day)) {
      await this.alone(signal, () => this.partitions.make('HealthCheckLogArchive', day));
      let after: string | undefined = '';
      while (after !== undefined) after = await this.closeChunk(day, after, logsFrom, signal);
    }
    await this.alone(signal, () => this.partitions.dropIfEmpty('HealthCheckLog', day));
  }

  /** @returns the last target of the chunk; undefined when there was none left */
  private closeChunk(
    day: UtcDay,
    after: string,
    logsFrom: UtcDay,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return this.alone(signal, async () => {
      const targets = await this.closing.lockTargetsAfter(after, CHUNK_SIZE);
      const archived = await this.closing.archive(day, targets);
      // The archive of that day was dropped: a rollup of late checks alone would be wrong.
      await this.closing.rollUp(day, archived, { replace: day >= logsFrom });
      return targets.at(-1);
    });
  }

  private async deleteRollupsBefore(day: UtcDay, signal: AbortSignal): Promise<void> {
    let deleted: number;
    do {
      deleted = await this.alone(signal, () =>
        this.closing.deleteRollupsBefore(day, ROLLUPS_DELETED_AT_ONCE),
      );
    } while (deleted === ROLLUPS_DELETED_AT_ONCE);
  }

  /** Runs `work` in a transaction during which no other process keeps the history. */
  private alone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    return this.database.transaction(async () => {
      if (!(await this.closing.tryLock())) throw new LockNotAcquired();
      return work();
    });
  }

  /** Blocked steps are left to the next call. */
  private async unlessBlocked(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const meaning = translateDatabaseError(error);
      if (!(meaning instanceof TransactionConflict || meaning instanceof DatabaseTooSlow)) throw error;
      this.logger.debug(`Put off, because it was blocked: ${(error as Error).message}`);
    }
  }
}

async function unlessKeptElsewhere(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LockNotAcquired || signal.aborted)) throw error;
  }
}
