import type { Stage } from './stage.js';

/** What a figure has to reach: its ratio of measured to baseline, or the measured value itself in the figure's unit. */
export interface Target {
  readonly of: 'ratio' | 'measured';
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** One number and what it is compared with. */
export interface Figure {
  readonly what: string;
  /** Of both values, such as `requests/s` or `ms`. */
  readonly unit: string;
  /** Absent when there is nothing to measure yet; `note` says why. */
  readonly measured?: number;
  /** Absent when the target is about the measured value alone. */
  readonly baseline?: number;
  readonly target: Target;
  readonly note?: string;
}

export interface Benchmark {
  /** As the command line names it. */
  readonly name: string;
  /** What it measures, and against what. */
  readonly title: string;
  /** Measures both sides by turns. @throws Error when the service does not answer as it must */
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** Measured over baseline; absent when either is. */
export function ratioOf({ measured, baseline }: Figure): number | undefined {
  return measured === undefined || baseline === undefined ? undefined : measured / baseline;
}

/** Whether the target is met; a figure that could not be measured meets none. */
export function isMet(figure: Figure): boolean {
  const { of, bound, value } = figure.target;
  const reached = of === 'ratio' ? ratioOf(figure) : figure.measured;
  if (reached === undefined) return false;
  return bound === 'at least' ? reached >= value : reached <= value;
}
