import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { HOUR_MS } from '#libs/units/durations.js';
import { AuditQuotaExceeded } from './audit.errors.js';
import type { AuditLogRow } from './audit-log-row.js';
import { AuditUsageRepository } from './audit-usage.repository.js';

/** Applications remembered to have used up their quota; of others the database is asked. */
const MAX_REMEMBERED = 10_000;
/** What a row takes in the table and its indexes besides its values. */
const ROW_BYTES = 1024;

/** Bounds the bytes of the audit trail that the changes of an application take in an hour, over all processes. */
@Injectable()
export class AuditQuota {
  /** The hour, since 1970, in which an application has used up its quota. */
  private readonly usedUp = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  constructor(
    private readonly usage: AuditUsageRepository,
    private readonly config: AppConfig,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Refuses without a look at the database, so that a refused batch is not written first.
   *
   * @throws AuditQuotaExceeded when this process knows that nothing is left for this hour
   */
  assertLeft(applicationId: string): void {
    const hour = this.usedUp.get(applicationId);
    if (hour !== undefined && this.now() < endOf(hour)) throw this.exceeded(hour);
  }

  /**
   * Counts rows, in the current transaction. The last ones may go beyond the quota.
   *
   * @throws AuditQuotaExceeded when nothing was left
   */
  async charge(applicationId: string, rows: readonly AuditLogRow[]): Promise<void> {
    const bytes = rows.reduce((sum, row) => sum + bytesOf(row), 0);
    const hour = await this.usage.add(applicationId, bytes, this.config.auditMaxBytesPerHour);
    if (hour === undefined) return;
    this.usedUp.set(applicationId, hour);
    throw this.exceeded(hour);
  }

  private exceeded(hour: number): AuditQuotaExceeded {
    const seconds = Math.max(1, Math.ceil((endOf(hour) - this.now()) / 1000));
    return new AuditQuotaExceeded(this.config.auditMaxBytesPerHour, seconds);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function endOf(hour: number): number {
  return (hour + 1) * HOUR_MS;
}

function bytesOf({ before, after }: AuditLogRow): number {
  return ROW_BYTES + Buffer.byteLength(before ?? '') + Buffer.byteLength(after ?? '');
}
