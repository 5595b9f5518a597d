import { jsonOf } from '../json/json-pieces.js';

/** A column of rows that are written many at a time: one list a column, which PostgreSQL
 * reads in half the time that a list of objects takes it. */
export interface ListedColumn<Name extends string = string> {
  readonly column: Name;
  readonly type: string;
}

/** The lists as a table, `unnest($1::text[], …) AS name("id", …)`, from parameter `first` on. */
export function unnested(columns: readonly ListedColumn[], name: string, first = 1): string {
  const lists = columns.map(({ type }, index) => `$${first + index}::${type}[]`).join(', ');
  return `unnest(${lists}) AS ${name}(${columns.map(({ column }) => `"${column}"`).join(', ')})`;
}

/** The parameters of {@link unnested}. */
export function listsOf<Name extends string>(
  columns: readonly ListedColumn<Name>[],
  rows: readonly Readonly<Record<Name, unknown>>[],
): unknown[] {
  return columns.map(({ column, type }) => {
    const values = rows.map((row) => row[column]);
    return type === 'json' ? jsonList(values.map(jsonText)) : values;
  });
}

/** JSON as its column takes it; null is no JSON at all. */
function jsonText(value: unknown): string | null {
  return value === null ? null : jsonOf(value);
}

/** The type `json`, as PostgreSQL numbers it. */
export const JSON_OID = 114;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

/**
 * A list of JSON texts as the parameter of a `json[]`, in PostgreSQL's binary format (array_recv): as text every quote
 * of every schema would have to be escaped, for which the event loop stands still with a large batch.
 */
export function jsonList(texts: readonly (string | null)[]): Buffer {
  const lengths = texts.map((text) => (text === null ? 0 : Buffer.byteLength(text)));
  const size = lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, HEADER_BYTES);
  const list = Buffer.allocUnsafeSlow(size);
  let at = 0;
  const int32 = (value: number): void => {
    at = list.writeInt32BE(value, at);
  };
  // An empty array has no dimension.
  int32(texts.length === 0 ? 0 : 1);
  int32(texts.includes(null) ? 1 : 0);
  int32(JSON_OID);
  int32(texts.length);
  int32(1);
  texts.forEach((text, index) => {
    int32(text === null ? -1 : (lengths[index] ?? 0));
    if (text !== null) at += list.write(text, at);
  });
  return texts.length === 0 ? list.subarray(0, 12) : list;
}
