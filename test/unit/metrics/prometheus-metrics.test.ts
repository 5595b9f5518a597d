import { AggregatorRegistry } from 'prom-client';
import { PrometheusMetrics } from '#libs/metrics/prometheus-metrics.js';
import { describe, expect, it } from '../../support/jest.js';

const READS = { name: 'mcp_registry_reads_total', help: 'Reads', labels: ['memory'] } as const;

/** The lines of a metric, without those that describe it. */
async function linesOf(text: Promise<string>, name: string): Promise<string[]> {
  return (await text).split('\n').filter((line) => line.startsWith(name));
}

describe('metrics', () => {
  it('that are declared in several places are one', async () => {
    const metrics = new PrometheusMetrics();
    metrics.counter(READS).inc({ memory: 'discovery' });
    metrics.counter(READS).inc({ memory: 'keys' }, 2);
    metrics.counter(READS).inc({ memory: 'discovery' });
    expect(await linesOf(metrics.text(), READS.name)).toEqual([
      'mcp_registry_reads_total{memory="discovery"} 2',
      'mcp_registry_reads_total{memory="keys"} 2',
    ]);
  });

  it('of a state are read at the scrape', async () => {
    const metrics = new PrometheusMetrics();
    const description = {
      name: 'mcp_registry_bytes',
      help: 'Bytes',
      labels: ['memory'],
      ofWorkers: 'sum',
    } as const;
    let bytes = 1;
    metrics.gauge(description, { memory: 'discovery' }, () => bytes);
    metrics.gauge(description, { memory: 'keys' }, () => 10 * bytes);
    bytes = 7;
    expect(await linesOf(metrics.text(), description.name)).toEqual([
      'mcp_registry_bytes{memory="discovery"} 7',
      'mcp_registry_bytes{memory="keys"} 70',
    ]);
  });

  it('without a state have no figure', async () => {
    const metrics = new PrometheusMetrics();
    const description = { name: 'mcp_registry_end_seconds', help: 'End', ofWorkers: 'min' } as const;
    let end: number | undefined = 5;
    metrics.gauge(description, {}, () => end);
    expect(await linesOf(metrics.text(), description.name)).toEqual(['mcp_registry_end_seconds 5']);
    end = undefined;
    expect(await linesOf(metrics.text(), description.name)).toEqual([]);
    expect(await metrics.text()).toContain('# TYPE mcp_registry_end_seconds gauge');
  });

  it('of several workers become one figure, as each is declared', async () => {
    const workers = [3, 5].map((figure) => {
      const metrics = new PrometheusMetrics();
      for (const ofWorkers of ['sum', 'min', 'max', 'first'] as const) {
        metrics.gauge({ name: `mcp_registry_${ofWorkers}`, help: 'A figure', ofWorkers }, {}, () => figure);
      }
      metrics.counter(READS).inc({ memory: 'discovery' }, figure);
      return metrics;
    });
    const all = AggregatorRegistry.aggregate(
      await Promise.all(workers.map(({ registry }) => registry.getMetricsAsJSON())),
    );
    expect(await linesOf(all.metrics(), 'mcp_registry_')).toEqual([
      'mcp_registry_sum 8',
      'mcp_registry_min 3',
      'mcp_registry_max 5',
      'mcp_registry_first 3',
      'mcp_registry_reads_total{memory="discovery"} 8',
    ]);
  });
});
