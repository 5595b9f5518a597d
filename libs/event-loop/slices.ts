import { setImmediate as nextTurn } from 'node:timers/promises';

/** Other requests run after this many milliseconds, unless a work says otherwise. */
const SLICE_MS = 5;

/** Splits long work on the event loop into slices. */
export class Slices {
  private begun = performance.now();

  /** @param milliseconds how long a slice is; work between two pauses adds to it */
  constructor(private readonly milliseconds = SLICE_MS) {}

  /** Yields to other work when this slice is over; to be awaited where it returns a promise. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.begun > this.milliseconds ? this.nextSlice() : undefined;
  }

  private async nextSlice(): Promise<void> {
    await nextTurn();
    this.begun = performance.now();
  }
}

/** Calls `work` for each item, in slices between which other work runs. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => void,
): Promise<void> {
  const slices = new Slices();
  let index = 0;
  for (const item of items) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    work(item, index);
    index += 1;
  }
}

/** The items that `work` makes of each item, in slices between which other work runs. */
export async function mapInSlices<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item, index: number) => readonly Result[],
): Promise<Result[]> {
  const results: Result[] = [];
  await inSlices(items, (item, index) => {
    results.push(...work(item, index));
  });
  return results;
}
