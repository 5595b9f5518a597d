/** The middle value, or the mean of the two in the middle. @throws Error when `values` is empty */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  if (low === undefined || high === undefined) throw new Error('An empty list has no median');
  return (low + high) / 2;
}

/** The median of one property of all items. */
export function medianOf<T>(items: readonly T[], value: (item: T) => number): number {
  return median(items.map(value));
}
