import { ROUNDS } from './durations.js';

/** What the rounds gave, by side. */
export interface Sides<T> {
  readonly measured: readonly T[];
  readonly baseline: readonly T[];
}

/**
 * Measures both sides by turns, and begins each round with the side that ended the one before: what the machine
 * does besides, and what grows over time, falls on both alike.
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
