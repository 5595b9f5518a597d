import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import { AuditLogRepository, type PrunedEntries } from './audit-log.repository.js';
import { AuditUsageRepository } from './audit-usage.repository.js';
import { AuditWriter, type NewAuditEntry } from './audit-writer.js';
import { AuditChainRepository } from './chain/audit-chain.repository.js';
import { ChainKeys, type PrunedRange } from './chain/chain-keys.js';
import { unattendedOrigin } from './request-origin.js';

/** Entries deleted by one transaction: some tenths of a second. */
const BATCH_SIZE = 5000;

/** Enforces `AUDIT_RETENTION_DAYS`; deletions are audited, and anchored in the chain of hashes. */
@Injectable()
export class AuditPruningService {
  private readonly logger = new Logger('AuditTrail');

  constructor(
    private readonly database: Database,
    private readonly entries: AuditLogRepository,
    private readonly writer: AuditWriter,
    private readonly usage: AuditUsageRepository,
    private readonly chain: AuditChainRepository,
    private readonly keys: ChainKeys,
    private readonly config: AppConfig,
  ) {}

  /**
   * Deletes usage counters of past hours and entries beyond their retention, by the database clock. Safe to
   * abort at any step, by `signal` or a crash: every batch is a transaction with its own entry, and the next
   * call continues. One process works at a time.
   */
  async prune(signal = new AbortController().signal): Promise<void> {
    await this.usage.deletePast();
    const days = this.config.auditRetentionDays;
    if (days === undefined) return;
    let total = 0;
    let pruned: PrunedEntries | undefined;
    do {
      if (signal.aborted) break;
      pruned = await this.pruneBatch(days);
      total += pruned?.count ?? 0;
    } while (pruned?.count === BATCH_SIZE);
    if (total > 0) this.logger.log(`${total} entries older than ${days} days were deleted`);
  }

  /** @returns undefined when there was nothing to do, or another process does it */
  private pruneBatch(days: number): Promise<PrunedEntries | undefined> {
    return this.database.transaction(async () => {
      if (!(await this.entries.isOnlyPruner())) return undefined;
      const pruned = await this.entries.deleteOlderThan(days, BATCH_SIZE);
      if (pruned === undefined) return undefined;
      for (const range of pruned.ranges) await this.anchor(range);
      await this.writer.write([entryOf(pruned, days)]);
      return pruned;
    });
  }

  /** Leaves a signed anchor in the chain, one for ranges that follow each other. */
  private async anchor(range: PrunedRange): Promise<void> {
    const neighbours = (await this.chain.neighbours(range)).filter(
      (anchor) => this.keys.judgeRange(anchor.signature, anchor) !== 'wrong',
    );
    const all = [...neighbours, range].sort((one, other) => one.firstNumber - other.firstNumber);
    const [first = range, last = range] = [all[0], all.at(-1)];
    const whole = { ...last, firstNumber: first.firstNumber };
    await this.chain.anchor(
      whole,
      this.keys.signRange(whole),
      neighbours.map(({ firstNumber }) => firstNumber),
    );
  }
}

function entryOf({ count, oldest, newest }: PrunedEntries, retentionDays: number): NewAuditEntry {
  return {
    id: newId(),
    createdAt: null,
    action: 'audit.pruned',
    appKey: null,
    applicationId: null,
    environment: null,
    environmentId: null,
    resourceType: 'audit-trail',
    resourceId: null,
    before: null,
    after: { deleted: count, from: oldest.toISOString(), until: newest.toISOString(), retentionDays },
    reason: null,
    occurrences: 1,
    ...unattendedOrigin('registry'),
  };
}
