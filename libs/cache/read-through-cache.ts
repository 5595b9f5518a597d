import { LRUCache } from 'lru-cache';
import type { ChangeFeed } from '../database/change-feed.js';
import type { Metrics } from '../metrics/metrics.js';
import { CacheMetrics } from './cache-metrics.js';

export interface ReadThroughCacheOptions<Value> {
  /** Label of the cache in metrics. */
  readonly name: string;
  readonly maxBytes: number;
  /** Size of a value in bytes. */
  readonly sizeOf: (value: Value) => number;
}

/** The subject of a value: the application with this app key, or all of them; `nothing` is not cached. */
export type Subject = { readonly appKey: string } | 'everything' | 'nothing';

interface Kept<Value> {
  readonly value: Value;
  /** The application of the value; undefined: all of them. */
  readonly appKey: string | undefined;
}

/**
 * Read-through cache of database values. A value is dropped when its application changes, and the cache is
 * bypassed while the change feed is not current, so that it never returns older values than the database. Bounded
 * by bytes; the least recently used values are evicted first.
 */
export class ReadThroughCache<Value extends object> {
  private readonly kept: LRUCache<string, Kept<Value>>;
  private readonly keysOf = new Map<string | undefined, Set<string>>();
  private readonly loading = new Map<string, Promise<Value>>();

  private readonly reads: CacheMetrics;

  constructor(
    private readonly feed: ChangeFeed,
    metrics: Metrics,
    { name, maxBytes, sizeOf }: ReadThroughCacheOptions<Value>,
  ) {
    this.reads = new CacheMetrics(metrics, name);
    metrics.gauge(
      {
        name: 'mcp_registry_memory_bytes',
        help: 'What is remembered takes about so many bytes, by memory.',
        labels: ['memory'],
        ofWorkers: 'sum',
      },
      { memory: name },
      () => this.kept.calculatedSize,
    );
    this.kept = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ value }, key) => sizeOf(value) + key.length,
      dispose: ({ appKey }, key) => {
        this.unlink(appKey, key);
      },
    });
    feed.subscribe((appKey) => {
      this.invalidate(appKey);
    });
  }

  /** The cached value of a key while the change feed is current. */
  get(key: string): Value | undefined {
    const known = this.feed.isCurrent ? this.kept.get(key)?.value : undefined;
    // A miss is counted by the read that follows.
    if (known !== undefined) this.reads.hit();
    return known;
  }

  /**
   * The cached value of a key, otherwise the result of `load`; concurrent readers share one load.
   *
   * @param subject gives the subject of the value, whose changes invalidate it
   */
  async getOrLoad(
    key: string,
    load: () => Promise<Value>,
    subject: (value: Value) => Subject,
  ): Promise<Value> {
    if (!this.feed.isCurrent) {
      this.reads.miss();
      return load();
    }
    const known = this.kept.get(key)?.value ?? this.loading.get(key);
    if (known !== undefined) {
      this.reads.hit();
      return known;
    }
    this.reads.miss();
    const reading = load();
    this.loading.set(key, reading);
    try {
      const value = await reading;
      // Not after an invalidation: the value may be older than the change.
      if (this.loading.get(key) === reading) this.set(key, value, subject(value));
      return value;
    } finally {
      if (this.loading.get(key) === reading) this.loading.delete(key);
    }
  }

  private set(key: string, value: Value, subject: Subject): void {
    if (subject === 'nothing') return;
    const appKey = subject === 'everything' ? undefined : subject.appKey;
    this.kept.set(key, { value, appKey });
    // A value larger than the cache is not kept.
    if (!this.kept.has(key)) return;
    const keys = this.keysOf.get(appKey) ?? new Set();
    this.keysOf.set(appKey, keys.add(key));
  }

  private invalidate(appKey: string | undefined): void {
    this.loading.clear();
    if (appKey === undefined) {
      this.kept.clear();
      return;
    }
    for (const about of [appKey, undefined]) {
      for (const key of this.keysOf.get(about) ?? []) this.kept.delete(key);
    }
  }

  private unlink(appKey: string | undefined, key: string): void {
    const keys = this.keysOf.get(appKey);
    keys?.delete(key);
    if (keys?.size === 0) this.keysOf.delete(appKey);
  }
}
