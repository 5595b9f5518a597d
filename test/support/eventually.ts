import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Asks again until the answer fits, and gives that answer; fails with the last one when none fits in time. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  {
    fits = Boolean,
    within = 15_000,
    every = 10,
  }: { fits?: (answer: T) => boolean; within?: number; every?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(`Not in ${within} ms: ${ask.toString()}; the last answer was ${inspect(answer)}`);
    }
    await sleep(every);
  }
}
