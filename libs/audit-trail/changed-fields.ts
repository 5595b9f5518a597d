import { isDeepStrictEqual } from 'node:util';

/** The fields of `before` that `change` gives another value, old and new; `undefined` when it changes nothing. */
export function changedFields<T extends object>(
  before: T,
  change: Partial<T>,
): { before: Partial<T>; after: Partial<T> } | undefined {
  const changed = (Object.keys(change) as (keyof T)[]).filter(
    (field) => change[field] !== undefined && !isDeepStrictEqual(change[field], before[field]),
  );
  if (changed.length === 0) return undefined;
  const pick = (source: Partial<T>): Partial<T> =>
    Object.fromEntries(changed.map((field) => [field, source[field]])) as Partial<T>;
  return { before: pick(before), after: pick(change) };
}
