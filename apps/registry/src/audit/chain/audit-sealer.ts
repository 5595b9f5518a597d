import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { type Counter, Metrics } from '#libs/metrics/metrics.js';
import { AuditChainRepository, type StoredHead } from './audit-chain.repository.js';
import { ChainKeys } from './chain-keys.js';
import { type ChainEnd, linked } from './chain-link.js';

/** Entries sealed by one transaction. */
const BATCH_SIZE = 500;

/** The head is not what the registry signed: someone else changed it. */
class HeadNotGenuine extends Error {
  constructor(detail: string) {
    super(
      `The head of the audit trail ${detail}: nothing is sealed until mcp-registry audit verify has been looked at`,
    );
  }
}

/**
 * Gives entries their places in a chain of hashes, after they were committed, so that writers do not wait for each other.
 * One process seals at a time. What was not written by the registry is not sealed.
 */
@Injectable()
export class AuditSealer {
  private readonly logger = new Logger('AuditTrail');
  private readonly refused: Counter<never>;
  private complaint: string | undefined;
  private sealedAt = performance.now();
  private renewed = false;

  constructor(
    private readonly database: Database,
    private readonly chain: AuditChainRepository,
    private readonly keys: ChainKeys,
    metrics: Metrics,
  ) {
    metrics.gauge(
      {
        name: 'mcp_registry_audit_sealed_age_seconds',
        help: 'For how long there have been entries of the audit trail that are not sealed, as this process sees it.',
        ofWorkers: 'max',
      },
      {},
      () => (performance.now() - this.sealedAt) / 1000,
    );
    this.refused = metrics.counter({
      name: 'mcp_registry_audit_seals_refused_total',
      help: 'Entries of the audit trail that no process of the registry wrote, found when they were to be sealed.',
    });
  }

  /** Seals all entries there are. Safe to abort at any step: every batch is a transaction. */
  async seal(signal = new AbortController().signal): Promise<void> {
    try {
      if (!this.renewed) await this.renewSignatures();
      while ((await this.chain.hasUnsealed()) && !signal.aborted) {
        // Another process seals.
        if (!(await this.database.transaction(() => this.sealBatch()))) return;
      }
      this.sealedAt = performance.now();
      this.complaint = undefined;
    } catch (error) {
      if (!(error instanceof HeadNotGenuine)) throw error;
      // Twice a second would be too often.
      if (this.complaint !== error.message) this.logger.error(error.message);
      this.complaint = error.message;
    }
  }

  /**
   * Once in each process: looks again at entries that a process with other keys refused, and signs again, under the first
   * `SECRET_KEY`, what another one of the list has signed, so that this one can be removed.
   */
  private async renewSignatures(): Promise<void> {
    this.renewed = await this.database.transaction(async () => {
      if (!(await this.chain.isOnlySealer())) return false;
      await this.chain.reconsider();
      const head = await this.chain.head();
      if (head !== undefined && this.keys.judgeHead(head.signature, head) === 'former') {
        await this.chain.moveHead(head, this.keys.signHead(head));
      }
      for (const anchor of await this.chain.anchors()) {
        if (this.keys.judgeRange(anchor.signature, anchor) !== 'former') continue;
        await this.chain.anchor(anchor, this.keys.signRange(anchor), [anchor.firstNumber]);
      }
      return true;
    });
  }

  /** @returns false when another process seals */
  private async sealBatch(): Promise<boolean> {
    if (!(await this.chain.isOnlySealer())) return false;
    const head = this.genuine(await this.chain.head());
    const entries = await this.chain.unsealed(BATCH_SIZE);
    let end: ChainEnd = head;
    const sealed: (ChainEnd & { id: string })[] = [];
    const refused: string[] = [];
    for (const entry of entries) {
      if (this.keys.isMacOf(entry.mac, entry.digest)) {
        end = linked(end, entry);
        sealed.push({ ...end, id: entry.id });
      } else {
        refused.push(entry.id);
      }
    }
    if (sealed.length > 0) {
      await this.chain.seal(sealed);
      const moved = { ...end, adoptedUntil: head.adoptedUntil };
      await this.chain.moveHead(moved, this.keys.signHead(moved));
    }
    if (refused.length > 0) await this.refuse(refused);
    return entries.length > 0;
  }

  private async refuse(ids: readonly string[]): Promise<void> {
    await this.chain.refuse(ids);
    this.database.afterCommit(() => {
      for (const id of ids) {
        this.refused.inc({});
        this.logger.error(
          `The entry ${id} of the audit trail was not written by the registry: it is not sealed`,
        );
      }
    });
  }

  private genuine(head: StoredHead | undefined): StoredHead {
    if (head === undefined) throw new HeadNotGenuine('is gone');
    // An empty chain says nothing that could be forged.
    if (head.signature === null && head.number === 0) return head;
    if (head.signature === null) throw new HeadNotGenuine('is not signed, see mcp-registry audit adopt');
    if (this.keys.judgeHead(head.signature, head) === 'wrong')
      throw new HeadNotGenuine('has a wrong signature');
    return head;
  }
}
