import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CacheMetrics } from '#libs/cache/cache-metrics.js';
import { AppConfig } from '#libs/config/app-config.js';
import { Metrics } from '#libs/metrics/metrics.js';
import { KeyCheckTooSlow } from './api-key.errors.js';
import { BcryptPool, type Trust } from './bcrypt-pool.js';

const MAX_KEYS = 10_000;
/** From the last use: a key in use is never compared again. */
const MATCHES_TTL_MS = 15 * 60_000;
const MISMATCHES_TTL_MS = 60_000;
/** For this long no key is compared with a hash that exceeded the time limit. */
const TOO_SLOW_TTL_MS = 60_000;

/** Identifies a key in caches, which never hold the key: HMAC-SHA-256 under the first SECRET_KEY. */
export type Fingerprint = string;

/**
 * Compares keys with bcrypt hashes and caches the results for a while. A match of key and hash never changes:
 * revocation needs no invalidation here, because the record of the key decides at every request.
 */
@Injectable()
export class ApiKeyMatcher {
  /** Hashes by matching key: several when one key was imported more than once. */
  private readonly matches = new LRUCache<Fingerprint, ReadonlySet<string>>({
    max: MAX_KEYS,
    ttl: MATCHES_TTL_MS,
    updateAgeOnGet: true,
  });
  /** Separate, so that a flood of wrong keys evicts no valid one. */
  private readonly mismatches = new LRUCache<string, true>({ max: MAX_KEYS, ttl: MISMATCHES_TTL_MS });
  /** Hashes that exceeded the time limit. */
  private readonly tooSlow = new LRUCache<string, true>({ max: MAX_KEYS, ttl: TOO_SLOW_TTL_MS });
  private readonly underWay = new Map<string, Promise<boolean>>();

  private readonly secretKey: KeyObject;
  private readonly reads: CacheMetrics;

  constructor(
    private readonly bcrypt: BcryptPool,
    config: AppConfig,
    metrics: Metrics,
  ) {
    this.reads = new CacheMetrics(metrics, 'key-comparisons');
    this.secretKey = createSecretKey(config.secrets.secretKeys[0], 'utf8');
  }

  fingerprintOf(key: string): Fingerprint {
    return createHmac('sha256', this.secretKey).update(`API key ${key}`).digest('base64url');
  }

  /** Whether the key has recently matched any hash. */
  isTrusted(fingerprint: Fingerprint): boolean {
    return this.matches.get(fingerprint) !== undefined;
  }

  /** Whether a match of this key and this hash is cached. */
  isCachedMatch(fingerprint: Fingerprint, hashedKey: string): boolean {
    const isKnown = this.hasMatched(fingerprint, hashedKey);
    if (isKnown) this.reads.hit();
    return isKnown;
  }

  /** Whether {@link compare} would start a comparison: none is cached or running. */
  needsComparison(fingerprint: Fingerprint, hashedKey: string): boolean {
    if (this.underWay.has(pair(fingerprint, hashedKey)) || this.tooSlow.has(hashedKey)) return false;
    return this.remembered(fingerprint, hashedKey) === undefined;
  }

  /**
   * The cached result, otherwise that of one comparison, which concurrent callers share.
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
