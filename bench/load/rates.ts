import type { Figure } from '../benchmark.js';
import { byTurns, type Sides } from '../rounds.js';
import { medianOf } from '../statistics.js';
import { type Load, type LoadResult, underLoad, warmUp } from './http-load.js';

type Comparison = Omit<Figure, 'target'>;

/** Warms up both sides, puts them under load in turn, and compares their requests per second. */
export async function compareRates(load: () => Load, baselineLoad: () => Load): Promise<Comparison> {
  await warmUp(load());
  await warmUp(baselineLoad());
  return ratesOf(
    await byTurns(
      () => underLoad(load()),
      () => underLoad(baselineLoad()),
    ),
  );
}

export function ratesOf({ measured, baseline }: Sides<LoadResult>): Comparison {
  return {
    what: 'rate',
    unit: 'requests/s',
    measured: medianOf(measured, ({ requestsPerSecond }) => requestsPerSecond),
    baseline: medianOf(baseline, ({ requestsPerSecond }) => requestsPerSecond),
  };
}
