/** Longer words are like none. */
const MAX_LENGTH = 127;

/** Rows of the table, kept: this runs thousands of times in a search. */
let beforeLast = new Uint8Array(MAX_LENGTH + 1);
let last = new Uint8Array(MAX_LENGTH + 1);
let present = new Uint8Array(MAX_LENGTH + 1);

/**
 * The least number of inserted, deleted, replaced and swapped neighbouring characters that make one word of the other;
 * `max + 1` when there are more. The time is bounded by the length of a word times `max`.
 */
export function editDistance(a: string, b: string, max: number): number {
  const beyond = max + 1;
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > max || Math.max(a.length, b.length) > MAX_LENGTH) return beyond;
  for (let column = 0; column <= b.length; column += 1) last[column] = Math.min(column, beyond);
  for (let row = 1; row <= a.length; row += 1) {
    present.fill(beyond, 0, b.length + 1);
    if (row <= max) present[0] = row;
    let least = present[0] ?? beyond;
    // Cells further from the diagonal are beyond the bound.
    for (let column = Math.max(1, row - max); column <= Math.min(b.length, row + max); column += 1) {
      const cost = costAt(a, b, row, column);
      present[column] = Math.min(cost, beyond);
      least = Math.min(least, cost);
    }
    // A swap reaches back two rows, but not behind a row of which all is beyond the bound.
    if (least > max) return beyond;
    [beforeLast, last, present] = [last, present, beforeLast];
  }
  return last[b.length] ?? beyond;
}

function costAt(a: string, b: string, row: number, column: number): number {
  const letter = a.charCodeAt(row - 1);
  const other = b.charCodeAt(column - 1);
  const cost = Math.min(
    (last[column - 1] ?? 0) + (letter === other ? 0 : 1),
    (last[column] ?? 0) + 1,
    (present[column - 1] ?? 0) + 1,
  );
  const isSwapped =
    row > 1 && column > 1 && letter === b.charCodeAt(column - 2) && a.charCodeAt(row - 2) === other;
  return isSwapped ? Math.min(cost, (beforeLast[column - 2] ?? 0) + 1) : cost;
}
