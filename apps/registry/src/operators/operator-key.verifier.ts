import { Injectable } from '@nestjs/common';
import type { RefusalReason } from '#libs/access/access.errors.js';
import { Bindings } from '#libs/access/bindings.js';
import type { OperatorCaller } from '#libs/access/caller.js';
import type { RepeatableCheck } from '#libs/access/caller-check.js';
import {
  type OperatorVerification,
  OperatorVerifier,
  type OperatorWithKey,
} from '#libs/access/operator-verifier.js';
import { ReadThroughCache, type Subject } from '#libs/cache/read-through-cache.js';
import { AppConfig } from '#libs/config/app-config.js';
import { ChangeFeed, OPERATORS } from '#libs/database/change-feed.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { includesRole } from '#libs/domain/operator.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { isHashOf, operatorSelector } from './operator-key-material.js';
import { refusalOfOperatorKey } from './operator-key-standing.js';
import { OperatorKeyUses } from './operator-key-uses.js';
import { type OperatorKeyRecord, OperatorsRepository } from './operators.repository.js';

const MAX_CACHED_BYTES = 1024 * 1024;
/** Approximate size of a record, besides what it is bound to. */
const RECORD_BYTES = 512;

interface BoundRecord extends OperatorKeyRecord {
  readonly bindings: Bindings;
}

/** Verifies keys of operators by their HMAC; records are cached until operators change. */
@Injectable()
export class OperatorKeyVerifier extends OperatorVerifier {
  private readonly cache: ReadThroughCache<readonly BoundRecord[]>;

  constructor(
    private readonly operators: OperatorsRepository,
    private readonly uses: OperatorKeyUses,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
    feed: ChangeFeed,
    metrics: Metrics,
  ) {
    super();
    this.cache = new ReadThroughCache(feed, metrics, {
      name: 'operator-keys',
      maxBytes: MAX_CACHED_BYTES,
      sizeOf: (records) =>
        records.reduce((sum, { bindings }) => sum + RECORD_BYTES + 2 * bindings.toString().length, 0),
    });
  }

  cachedCaller(key: string): OperatorCaller | undefined {
    const selector = this.selectorOf(key);
    const [record] = (selector === undefined ? undefined : this.cache.get(selector)) ?? [];
    if (record === undefined || this.refusalOf(record, key) !== undefined) return undefined;
    return this.accepted(record);
  }

  async verify(key: string): Promise<OperatorVerification> {
    const selector = this.selectorOf(key);
    if (selector === undefined) return { accepted: false, reason: 'unknown-operator-key' };
    const load = async (): Promise<readonly BoundRecord[]> => {
      const found = await this.operators.recordBySelector(selector);
      return found === undefined
        ? []
        : [{ ...found, bindings: new Bindings(found.applications, found.environments) }];
    };
    const [record] = await this.cache.getOrLoad(selector, load, subjectOf);
    if (record === undefined) return { accepted: false, reason: 'unknown-operator-key' };
    const reason = this.refusalOf(record, key);
    if (reason === undefined) return { accepted: true, caller: this.accepted(record) };
    const operator = { id: record.operatorId, name: record.operatorName };
    // A wrong secret does not prove that the caller is the operator.
    return { accepted: false, reason, ...(reason !== 'wrong-operator-key' && { operator }) };
  }

  async lockAndCheck({
    operatorId,
    operatorKeyId,
    role,
    bindings,
  }: OperatorWithKey): Promise<RepeatableCheck> {
    const record = await this.operators.lockRecord(operatorId, operatorKeyId);
    return () => {
      if (record === undefined) return 'unknown-operator-key';
      if (!includesRole(record.role, role)) return 'insufficient-role';
      // What lies within them was decided by those that the request was admitted with.
      if (!bindings.equals(record)) return 'outside-bindings';
      return refusalOfOperatorKey(record, this.clock.now());
    };
  }

  private selectorOf(key: string): string | undefined {
    return operatorSelector(key, this.config.secrets.secretKeys);
  }

  private accepted(record: BoundRecord): OperatorCaller {
    const { operatorId, operatorKeyId, operatorName, role, bindings } = record;
    this.uses.record(operatorKeyId);
    const key = { operatorKeyId, adminKeyFingerprint: null, session: null };
    return { kind: 'admin', role, operatorName, operatorId, ...key, bindings };
  }

  private refusalOf(record: OperatorKeyRecord, key: string): RefusalReason | undefined {
    if (!isHashOf(record.hash, key, this.config.secrets.secretKeys)) return 'wrong-operator-key';
    return refusalOfOperatorKey(record, this.clock.now());
  }
}

/** Unknown selectors are unbounded, and not cached. */
function subjectOf(records: readonly BoundRecord[]): Subject {
  return records.length === 0 ? 'nothing' : { appKey: OPERATORS };
}
