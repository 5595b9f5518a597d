/** Name, help and labels (each with a bounded number of values) of a metric. */
export interface MetricDescription<Label extends string = never> {
  /** In snake case with its unit, `_total` for counters; the same name again is the same metric. */
  readonly name: `mcp_registry_${string}`;
  readonly help: string;
  readonly labels?: readonly Label[];
}

export type Labels<Label extends string> = Readonly<Record<Label, string | number>>;

export interface Counter<Label extends string> {
  inc(labels: Labels<Label>, count?: number): void;
}

export interface Histogram<Label extends string> {
  observe(labels: Labels<Label>, value: number): void;
}

export interface HistogramDescription<Label extends string> extends MetricDescription<Label> {
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}

export interface GaugeDescription<Label extends string> extends MetricDescription<Label> {
  /** How what several worker processes tell becomes one figure. */
  readonly ofWorkers: 'sum' | 'min' | 'max' | 'first';
}

/**
 * Port: where features declare what can be seen of them, next to the code it happens in. Without METRICS_PORT nothing
 * is kept and nothing costs anything.
 */
export abstract class Metrics {
  /** Whether metrics are served. */
  abstract readonly isOn: boolean;

  abstract counter<Label extends string = never>(description: MetricDescription<Label>): Counter<Label>;

  abstract histogram<Label extends string = never>(
    description: HistogramDescription<Label>,
  ): Histogram<Label>;

  /** @param read returns the current value when metrics are scraped; `undefined`: there is none */
  abstract gauge<Label extends string = never>(
    description: GaugeDescription<Label>,
    labels: Labels<Label>,
    read: () => number | undefined,
  ): void;
}

const nothing = { inc: () => undefined, observe: () => undefined };

/** No-op metrics. */
export const NO_METRICS: Metrics = {
  isOn: false,
  counter: () => nothing,
  histogram: () => nothing,
  gauge: () => undefined,
};
