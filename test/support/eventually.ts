import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is yes, and fails when it never becomes that. */
export async function eventually(
  condition: () => Promise<boolean> | boolean,
  { within = 15_000, every = 10 } = {},
): Promise<void> {
  const deadline = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Never came true: ${condition.toString()}`);
    await sleep(every);
  }
}
