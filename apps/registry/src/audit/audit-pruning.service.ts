import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import { AuditLogRepository, type PrunableEntry } from './audit-log.repository.js';
import { AuditUsageRepository } from './audit-usage.repository.js';
import { AuditWriter, type NewAuditEntry } from './audit-writer.js';
import { AuditChainRepository } from './chain/audit-chain.repository.js';
import { ChainKeys, type PrunedRange } from './chain/chain-keys.js';
import { linked } from './chain/chain-link.js';
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
    const kept: string[] = [];
    for (let more = true; more && !signal.aborted;) {
      const batch = await this.pruneBatch(days, kept);
      total += batch.pruned;
      kept.push(...batch.kept);
      more = batch.pruned + batch.kept.length === BATCH_SIZE;
    }
    if (total > 0) this.logger.log(`${total} entries older than ${days} days were deleted`);
  }

  /**
   * Deletes the oldest entries. An entry that is not as it was sealed is kept: its age may be forged to have it deleted.
   *
   * @param except ids of entries that were kept before
   * @returns how many were pruned, and the ids of those that were kept; none when another process prunes
   */
  private pruneBatch(
    days: number,
    except: readonly string[],
  ): Promise<{ pruned: number; kept: readonly string[] }> {
    return this.database.transaction(async () => {
      if (!(await this.entries.isOnlyPruner())) return { pruned: 0, kept: [] };
      const found = await this.entries.olderThan(days, BATCH_SIZE, except);
      const pruned: PrunableEntry[] = [];
      const kept: string[] = [];
      for (const entry of found) {
        if (isAsSealed(entry)) pruned.push(entry);
        else kept.push(entry.id);
      }
      for (const id of kept) {
        this.logger.error(`The entry ${id} is kept beyond its retention: it is not as it was sealed`);
      }
      const [oldest, newest] = [pruned[0], pruned.at(-1)];
      if (oldest === undefined || newest === undefined) return { pruned: 0, kept };
      await this.entries.delete(pruned.map(({ id }) => id));
      for (const range of rangesOf(pruned)) await this.anchor(range);
      await this.writer.write([
        entryOf({ count: pruned.length, oldest: oldest.createdAt, newest: newest.createdAt }, days),
      ]);
      return { pruned: pruned.length, kept };
    });
  }

  /** Leaves a signed anchor in the chain, one for ranges that follow each other. */
  private async anchor(range: PrunedRange): Promise<void> {
    const neighbours = (await this.chain.neighbours(range)).filter(
      (anchor) => this.keys.judgeRange(anchor.signature, anchor) !== 'wrong',
    );
    const all = [...neighbours, range].sort((one, other) => one.firstNumber - other.firstNumber);
    const [first = range, last = range] = [all[0], all.at(-1)];
    const whole = { ...last, firstNumber: first.firstNumber, priorHash: first.priorHash };
    await this.chain.anchor(
      whole,
      this.keys.signRange(whole),
      neighbours.map(({ firstNumber }) => firstNumber),
    );
  }
}

/** What retention took away. */
interface PrunedEntries {
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
}

function isAsSealed({ number, hash, digest, time, mac, priorHash }: PrunableEntry): boolean {
  if (number === null) return true;
  if (priorHash === null) return false;
  return linked({ number: number - 1, hash: priorHash }, { digest, createdAt: time, mac }).hash === hash;
}

/** Of the sealed entries, by number. */
function rangesOf(entries: readonly PrunableEntry[]): PrunedRange[] {
  const sealed = entries.flatMap(({ number, hash, priorHash }) =>
    number === null ? [] : [{ number, hash, priorHash: priorHash ?? '' }],
  );
  const ranges: PrunedRange[] = [];
  for (const { number, hash, priorHash } of sealed.sort((one, other) => one.number - other.number)) {
    const last = ranges.at(-1);
    if (last?.lastNumber === number - 1)
      ranges[ranges.length - 1] = { ...last, lastNumber: number, lastHash: hash };
    else ranges.push({ firstNumber: number, lastNumber: number, lastHash: hash, priorHash });
  }
  return ranges;
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
