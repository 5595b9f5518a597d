import type { Counter, Metrics } from '../metrics/metrics.js';

/** Counts cache hits and misses. */
export class CacheMetrics {
  private readonly counted: Counter<'memory' | 'result'>;
  private readonly found: { readonly memory: string; readonly result: 'hit' };
  private readonly missed: { readonly memory: string; readonly result: 'miss' };

  constructor(metrics: Metrics, memory: string) {
    this.counted = metrics.counter({
      name: 'mcp_registry_memory_reads_total',
      help: 'Reads of what is remembered, by memory and by whether it had the answer (hit) or had to ask (miss).',
      labels: ['memory', 'result'],
    });
    this.found = { memory, result: 'hit' };
    this.missed = { memory, result: 'miss' };
  }

  hit(): void {
    this.counted.inc(this.found);
  }

  miss(): void {
    this.counted.inc(this.missed);
  }
}
