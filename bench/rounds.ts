import { ROUNDS } from './durations.js';

/** The results of the rounds, by side. */
export interface Sides<T> {
  readonly measured: readonly T[];
  readonly baseline: readonly T[];
}

/**
 * Measures both sides in turn, and begins each round with the side that ended the previous one: other work of the machine
 * and growth over time affect both sides equally.
 */
export async function byTurns<T>(
  measure: () => Promise<T>,
  measureBaseline: () => Promise<T>,
): Promise<Sides<T>> {
  const measured: T[] = [];
  const baseline: T[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 1) baseline.push(await measureBaseline());
    measured.push(await measure());
    if (round % 2 === 0) baseline.push(await measureBaseline());
  }
  return { measured, baseline };
}
