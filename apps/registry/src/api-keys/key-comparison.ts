import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '#libs/config/app-config.js';
import { MemoryReads } from '#libs/memory/memory-reads.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { KeyCheckTooSlow } from './api-key.errors.js';
import { BcryptPool, type Trust } from './bcrypt-pool.js';

const MAX_KEYS = 10_000;
/** Counted from the last use: a key in use is never compared again. */
const MATCHES_TTL_MS = 15 * 60_000;
const MISMATCHES_TTL_MS = 60_000;
/** How long nothing is compared with a hash that exceeded the time limit. */
const TOO_SLOW_TTL_MS = 60_000;

/** Stands for a key in memory, where the key itself is never kept: HMAC-SHA-256 under the first SECRET_KEY. */
export type Fingerprint = string;

/**
 * Whether keys match bcrypt hashes, each pair compared once and then remembered for a while. That a key matches
 * a hash stays true whatever becomes of the key: nothing here has to be forgotten when it is revoked, because
 * whether it is accepted is asked elsewhere, at every request.
 */
@Injectable()
export class KeyComparison {
  /** The hashes a key matches: several when one key was imported more than once. */
  private readonly matches = new LRUCache<Fingerprint, ReadonlySet<string>>({
    max: MAX_KEYS,
    ttl: MATCHES_TTL_MS,
    updateAgeOnGet: true,
  });
  /** Apart, so that a flood of wrong keys pushes no good one out. */
  private readonly mismatches = new LRUCache<string, true>({ max: MAX_KEYS, ttl: MISMATCHES_TTL_MS });
  /** Hashes that exceeded the time limit. */
  private readonly tooSlow = new LRUCache<string, true>({ max: MAX_KEYS, ttl: TOO_SLOW_TTL_MS });
  private readonly underWay = new Map<string, Promise<boolean>>();

  private readonly secretKey: KeyObject;
  private readonly reads: MemoryReads;

  constructor(
    private readonly bcrypt: BcryptPool,
    config: AppConfig,
    metrics: Metrics,
  ) {
    this.reads = new MemoryReads(metrics, 'key-comparisons');
    this.secretKey = createSecretKey(config.secrets.secretKeys[0], 'utf8');
  }

  fingerprintOf(key: string): Fingerprint {
    return createHmac('sha256', this.secretKey).update(`API key ${key}`).digest('base64url');
  }

  /** Whether the key has matched any hash lately. */
  knowsAsGood(fingerprint: Fingerprint): boolean {
    return this.matches.get(fingerprint) !== undefined;
  }

  /** Whether this key has matched this hash lately, which spares a comparison. */
  knowsMatch(fingerprint: Fingerprint, hashedKey: string): boolean {
    const isKnown = this.hasMatched(fingerprint, hashedKey);
    if (isKnown) this.reads.hit();
    return isKnown;
  }

  /** Whether {@link compare} would begin a comparison, being neither remembered nor under way. */
  isNew(fingerprint: Fingerprint, hashedKey: string): boolean {
    if (this.underWay.has(pair(fingerprint, hashedKey)) || this.tooSlow.has(hashedKey)) return false;
    return this.remembered(fingerprint, hashedKey) === undefined;
  }

  /**
   * From memory, or by one comparison that all who ask meanwhile share.
   *
   * @throws TooManyKeyChecks when there is no room for a comparison, KeyCheckTooSlow, KeyChecksUnavailable
   */
  async compare(
    key: string,
    { fingerprint, hashedKey, trust }: { fingerprint: Fingerprint; hashedKey: string; trust: Trust },
  ): Promise<boolean> {
    const remembered = this.remembered(fingerprint, hashedKey);
    const id = pair(fingerprint, hashedKey);
    const known = remembered ?? this.underWay.get(id);
    if (known !== undefined) {
      this.reads.hit();
      return known;
    }
    if (this.tooSlow.has(hashedKey)) throw new KeyCheckTooSlow();
    this.reads.miss();
    const comparison = this.bcrypt
      .matches(key, hashedKey, trust)
      .then((isMatch) => {
        if (isMatch) this.matches.set(fingerprint, new Set(this.matches.get(fingerprint)).add(hashedKey));
        else this.mismatches.set(id, true);
        return isMatch;
      })
      .catch((error: unknown) => {
        if (error instanceof KeyCheckTooSlow) this.tooSlow.set(hashedKey, true);
        throw error;
      })
      .finally(() => this.underWay.delete(id));
    this.underWay.set(id, comparison);
    return comparison;
  }

  /** `undefined` when only a comparison can tell. */
  private remembered(fingerprint: Fingerprint, hashedKey: string): boolean | undefined {
    if (this.hasMatched(fingerprint, hashedKey)) return true;
    return this.mismatches.get(pair(fingerprint, hashedKey)) === undefined ? undefined : false;
  }

  private hasMatched(fingerprint: Fingerprint, hashedKey: string): boolean {
    return this.matches.get(fingerprint)?.has(hashedKey) === true;
  }
}

function pair(fingerprint: Fingerprint, hashedKey: string): string {
  return `${fingerprint} ${hashedKey}`;
}
