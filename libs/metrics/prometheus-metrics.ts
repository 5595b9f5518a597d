import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type Metric,
  Registry,
} from 'prom-client';
import {
  type Counter as CounterPort,
  type GaugeDescription,
  type Histogram as HistogramPort,
  type HistogramDescription,
  type Labels,
  type MetricDescription,
  Metrics,
} from './metrics.js';

/** Metrics of one process, kept for Prometheus, together with those of Node.js and the process itself. */
export class PrometheusMetrics extends Metrics {
  readonly isOn = true;
  readonly registry = new Registry();
  private readonly readings = new Map<string, (() => void)[]>();

  constructor() {
    super();
    collectDefaultMetrics({ register: this.registry });
  }

  /** All of them in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** In a worker process: lets the primary one ask for them, see {@link metricsOfWorkers}. */
  answerPrimary(): void {
    AggregatorRegistry.setRegistries([this.registry]);
    // Listens for the question.
    new AggregatorRegistry();
  }

  counter<Label extends string>(description: MetricDescription<Label>): CounterPort<Label> {
    return (
      (this.known(description.name) as Counter<Label> | undefined) ??
      new Counter(this.configuration(description))
    );
  }

  histogram<Label extends string>(description: HistogramDescription<Label>): HistogramPort<Label> {
    return (
      (this.known(description.name) as Histogram<Label> | undefined) ??
      new Histogram({ ...this.configuration(description), buckets: [...description.buckets] })
    );
  }

  gauge<Label extends string>(
    description: GaugeDescription<Label>,
    labels: Labels<Label>,
    read: () => number | undefined,
  ): void {
    const { name, ofWorkers } = description;
    const readings = this.readings.get(name) ?? [];
    this.readings.set(name, readings);
    const gauge =
      (this.known(name) as Gauge<Label> | undefined) ??
      new Gauge({
        ...this.configuration(description),
        aggregator: ofWorkers,
        collect: () => {
          for (const reading of readings) reading();
        },
      });
    readings.push(() => {
      const value = read();
      if (value === undefined) gauge.remove(labels);
      else gauge.set(labels, value);
    });
  }

  private configuration<Label extends string>({
    name,
    help,
    labels = [],
  }: MetricDescription<Label>): { name: string; help: string; labelNames: Label[]; registers: Registry[] } {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }

  private known(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name);
  }
}

/**
 * In the primary process: asks all workers, and makes one figure of what they tell as each metric says (`ofWorkers`).
 * What it gives rejects when a worker does not answer within 5 s.
 */
export function metricsOfWorkers(): () => Promise<string> {
  const workers = new AggregatorRegistry();
  return () => workers.clusterMetrics();
}
