import { jsonList } from './column-lists.js';
import type { Database } from './database.js';

/** Characters of JSON in one statement: making parameters blocks the event loop. */
const MAX_STATEMENT_LENGTH = 512 * 1024;

/** The JSON text of a value before and after; null: there is none. */
export interface JsonPair {
  readonly old: string | null;
  readonly new: string | null;
}

const SELECT_OTHER_MEANINGS = `
  SELECT "index"::integer
  FROM unnest($1::json[], $2::json[]) WITH ORDINALITY AS pair("old", "new", "index")
  WHERE "old"::jsonb IS DISTINCT FROM "new"::jsonb
  ORDER BY "index"`;

/**
 * The pairs that differ in meaning, in their order: the order of properties makes no difference. PostgreSQL compares
 * them: in JavaScript large numbers would be equal.
 */
export async function otherMeanings<Pair extends JsonPair>(
  database: Database,
  pairs: readonly Pair[],
): Promise<Pair[]> {
  const others: Pair[] = [];
  for (const portion of portionsOf(pairs, (pair) => lengthOf(pair.old) + lengthOf(pair.new))) {
    const rows = await database.query<{ index: number }>(SELECT_OTHER_MEANINGS, [
      jsonList(portion.map((pair) => pair.old)),
      jsonList(portion.map((pair) => pair.new)),
    ]);
    const indexes = new Set(rows.map(({ index }) => index - 1));
    others.push(...portion.filter((_, index) => indexes.has(index)));
  }
  return others;
}

/** The items in portions of at most 512 KiB characters of JSON, or one longer item. */
export function portionsOf<Item>(items: readonly Item[], length: (item: Item) => number): Item[][] {
  const portions: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = length(item);
    const last = portions.at(-1);
    if (last === undefined || needed > room) {
      portions.push([item]);
      room = MAX_STATEMENT_LENGTH;
    } else last.push(item);
    room -= needed;
  }
  return portions;
}

function lengthOf(text: string | null): number {
  return text?.length ?? 0;
}
