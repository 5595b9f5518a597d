import type { Stage } from './stage.js';

/** The bound of a figure: for the ratio of measured to baseline, or for the measured value in the unit of the figure. */
export interface Target {
  readonly of: 'ratio' | 'measured';
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** One measured value and its baseline. */
export interface Figure {
  readonly what: string;
  /** Unit of both values, such as `requests/s` or `ms`. */
  readonly unit: string;
  /** Absent when the value cannot be measured; `note` says why. */
  readonly measured?: number;
  /** Absent when the target applies to the measured value only. */
  readonly baseline?: number;
  readonly target: Target;
  readonly note?: string;
}

export interface Benchmark {
  /** Its name on the command line. */
  readonly name: string;
  /** What it measures, and its baseline. */
  readonly title: string;
  /** Measures both sides in turn. @throws Error when a response of the service is not as expected */
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** Measured divided by baseline; undefined when either is absent. */
export function ratioOf({ measured, baseline }: Figure): number | undefined {
  return measured === undefined || baseline === undefined ? undefined : measured / baseline;
}

/** Whether the target is met; a figure without a measured value never meets it. */
export function isMet(figure: Figure): boolean {
  const { of, bound, value } = figure.target;
  const reached = of === 'ratio' ? ratioOf(figure) : figure.measured;
  if (reached === undefined) return false;
  return bound === 'at least' ? reached >= value : reached <= value;
}
