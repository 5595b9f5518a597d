import { setTimeout } from 'node:timers/promises';

/** Asks again and again until the answer fits, at most `seconds` long, and gives the last answer. */
export async function askUntil<T>(
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  seconds = 15,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (fits(answer) || Date.now() > deadline) return answer;
    await setTimeout(50);
  }
}
