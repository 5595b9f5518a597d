import { afterCursor, encodeCursor, type Keyset } from './cursor.js';
import type { PageQuery } from './page-query.js';

/** Rows of a list ordered by `createdAt` and `id` that follow a position, at most `limit` of them. */
export type RowsAfter<Row> = (after: Keyset | undefined, limit: number) => Promise<Row[]>;

/** The answer to a list request: one page, or the whole list in batches. */
export type Listing<Item> = Page<Item> | ItemStream<Item>;

export class Page<Item> {
  constructor(
    readonly items: readonly Item[],
    /** Cursor of the next page; `undefined` on the last one. */
    readonly next: string | undefined,
  ) {}
}

export class ItemStream<Item> {
  constructor(readonly batches: AsyncIterable<readonly Item[]>) {}
}

/** Rows held in memory at a time while a whole list is sent. */
const BATCH_SIZE = 500;

/**
 * Reads a page when the query has a `limit`, otherwise the whole list: batch by batch as the client takes
 * them, so that memory stays flat and no database connection is held while the network is slow.
 */
export async function listing<Row extends Keyset, Item>(
  query: PageQuery,
  rowsAfter: RowsAfter<Row>,
  toItem: (row: Row) => Item,
): Promise<Listing<Item>> {
  const after = afterCursor(query.cursor);
  if (query.limit !== undefined) {
    const rows = await rowsAfter(after, query.limit + 1);
    const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
    return new Page(rows.slice(0, query.limit).map(toItem), last && encodeCursor(last));
  }
  // The first batch is read before the answer begins: its failure is still a proper error response.
  const first = await rowsAfter(after, BATCH_SIZE);
  return new ItemStream(batches(first, rowsAfter, toItem));
}

async function* batches<Row extends Keyset, Item>(
  first: Row[],
  rowsAfter: RowsAfter<Row>,
  toItem: (row: Row) => Item,
): AsyncGenerator<Item[]> {
  let rows = first;
  for (;;) {
    yield rows.map(toItem);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH_SIZE) return;
    rows = await rowsAfter(last, BATCH_SIZE);
  }
}
