/**
 * The least number of inserted, deleted, replaced and swapped neighbouring characters that make one word of the other;
 * `max + 1` when there are more. The time is bounded by the length of a word times `max`.
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  const beyond = max + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => Math.min(column, beyond));
  for (let row = 1; row <= a.length; row += 1) {
    const current = new Array<number>(b.length + 1).fill(beyond);
    if (row <= max) current[0] = row;
    const from = Math.max(1, row - max);
    const to = Math.min(b.length, row + max);
    let least = current[0] ?? beyond;
    for (let column = from; column <= to; column += 1) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      let cost = Math.min(
        at(previous, column - 1, beyond) + (same ? 0 : 1),
        at(previous, column, beyond) + 1,
        at(current, column - 1, beyond) + 1,
      );
      const isSwapped =
        row > 1 &&
        column > 1 &&
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      if (isSwapped) cost = Math.min(cost, at(before, column - 2, beyond) + 1);
      current[column] = Math.min(cost, beyond);
      least = Math.min(least, cost);
    }
    if (least > max) return beyond;
    before = previous;
    previous = current;
  }
  return at(previous, b.length, beyond);
}

function at(row: readonly number[], column: number, otherwise: number): number {
  return row[column] ?? otherwise;
}
