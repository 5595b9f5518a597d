import { LRUCache } from 'lru-cache';
import type { ChangeFeed } from '../database/change-feed.js';
import type { Metrics } from '../metrics/metrics.js';
import { MemoryReads } from './memory-reads.js';

export interface FreshMemoryOptions<Value> {
  /** Tells memories apart in metrics. */
  readonly name: string;
  readonly maxBytes: number;
  /** What a value takes, in bytes. */
  readonly sizeOf: (value: Value) => number;
}

/** What a value is about: the application with this app key, or all of them; `nothing` is not remembered at all. */
export type Subject = { readonly appKey: string } | 'everything' | 'nothing';

interface Kept<Value> {
  readonly value: Value;
  /** The application it is about; undefined: all of them. */
  readonly appKey: string | undefined;
}

/**
 * Values read from the database, kept in memory only while they are surely what the database would answer: a value is
 * gone as soon as its application changes, and none is used while changes may go untold. Bounded by bytes, the least
 * recently used go first.
 */
export class FreshMemory<Value extends object> {
  private readonly kept: LRUCache<string, Kept<Value>>;
  private readonly keysOf = new Map<string | undefined, Set<string>>();
  private readonly loading = new Map<string, Promise<Value>>();

  private readonly reads: MemoryReads;

  constructor(
    private readonly feed: ChangeFeed,
    metrics: Metrics,
    { name, maxBytes, sizeOf }: FreshMemoryOptions<Value>,
  ) {
    this.reads = new MemoryReads(metrics, name);
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
      this.forget(appKey);
    });
  }

  /** The value under a key, if memory has it and may be trusted at this moment. */
  peek(key: string): Value | undefined {
    const known = this.feed.isCurrent ? this.kept.get(key)?.value : undefined;
    // Who finds nothing here goes on to read, and is counted there.
    if (known !== undefined) this.reads.hit();
    return known;
  }

  /**
   * The value under a key, read by `load` when memory does not have it; readers at the same time share one reading.
   *
   * @param subject tells what the value is about, whose changes end it
   */
  async read(key: string, load: () => Promise<Value>, subject: (value: Value) => Subject): Promise<Value> {
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
      // Not when anything changed meanwhile: it may be older than that.
      if (this.loading.get(key) === reading) this.keep(key, value, subject(value));
      return value;
    } finally {
      if (this.loading.get(key) === reading) this.loading.delete(key);
    }
  }

  private keep(key: string, value: Value, subject: Subject): void {
    if (subject === 'nothing') return;
    const appKey = subject === 'everything' ? undefined : subject.appKey;
    this.kept.set(key, { value, appKey });
    // What is larger than all there is room for was not kept.
    if (!this.kept.has(key)) return;
    const keys = this.keysOf.get(appKey) ?? new Set();
    this.keysOf.set(appKey, keys.add(key));
  }

  private forget(appKey: string | undefined): void {
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
