import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from './keys.js';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** The value of `sort` that its title sets. */
  readonly sort?: string;
  /** Narrow screens leave it out. */
  readonly isWide?: boolean;
  readonly class?: string;
}

interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly box?: RefObject<HTMLDivElement | null>;
}

/** All rows have it, so that their places are known without drawing them. */
const ROW_HEIGHT = 36;
const MARGIN = 5;

/**
 * A table that draws only the rows in sight, however many there are. `j` and `k` move the focus between the first links of rows.
 */
export function Table<Row>({ label, rows, columns, keyOf, sort, onSort, box: given }: TableProps<Row>) {
  const own = useRef<HTMLDivElement>(null);
  const box = given ?? own;
  const first = useSignal(0);
  const visible = useSignal(30);
  const current = useRef(-1);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = (): void => {
      first.value = Math.max(0, Math.floor(element.scrollTop / ROW_HEIGHT) - MARGIN);
      visible.value = Math.ceil(element.clientHeight / ROW_HEIGHT) + 2 * MARGIN;
    };
    element.addEventListener('scroll', measure, { passive: true });
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      resized.disconnect();
    };
  }, []);
  useEffect(() => {
    const move = (event: KeyboardEvent): void => {
      const step = { j: 1, k: -1 }[event.key];
      const element = box.current;
      if (step === undefined || element === null || isTyping(event) || rows.length === 0) return;
      const row = Math.min(rows.length - 1, Math.max(0, current.current + step));
      current.current = row;
      const top = row * ROW_HEIGHT;
      const isAbove = top < element.scrollTop;
      const isBelow = top + 2 * ROW_HEIGHT > element.scrollTop + element.clientHeight;
      if (isAbove || isBelow) element.scrollTop = isAbove ? top : top + 2 * ROW_HEIGHT - element.clientHeight;
      requestAnimationFrame(() => {
        element.querySelector<HTMLElement>(`[aria-rowindex="${row + 2}"] a`)?.focus({ preventScroll: true });
      });
    };
    document.addEventListener('keydown', move);
    return () => {
      document.removeEventListener('keydown', move);
    };
  }, [rows]);
  const start = Math.min(first.value, Math.max(0, rows.length - visible.value));
  const shown = rows.slice(start, start + visible.value);
  const after = rows.length - start - shown.length;
  const drawn = useRef<readonly DrawnRow<Row>[]>([]);
  drawn.current = drawnRows(drawn.current, shown, start, columns, keyOf);
  return (
    <div class="table" ref={box} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.title} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {start > 0 && <Gap rows={start} />}
          {drawn.current.map(({ element }) => element)}
          {after > 0 && <Gap rows={after} />}
        </tbody>
      </table>
    </div>
  );
}

/** A row with the element that it was drawn as. */
interface DrawnRow<Row> {
  readonly row: Row;
  readonly place: number;
  readonly columns: readonly Column<Row>[];
  readonly element: VNode;
}

/** The elements of rows; those that are the same as before are not drawn again, which halves the work of scrolling. */
function drawnRows<Row>(
  before: readonly DrawnRow<Row>[],
  rows: readonly Row[],
  start: number,
  columns: readonly Column<Row>[],
  keyOf: (row: Row) => string,
): DrawnRow<Row>[] {
  const byPlace = new Map(before.map((each) => [each.place, each]));
  return rows.map((row, index) => {
    const place = start + index;
    const known = byPlace.get(place);
    if (known?.row === row && known.columns === columns) return known;
    const element = <RowView key={keyOf(row)} row={row} place={place} columns={columns} />;
    return { row, place, columns, element };
  });
}

interface RowViewProps<Row> {
  readonly row: Row;
  readonly place: number;
  readonly columns: readonly Column<Row>[];
}

function RowView<Row>({ row, place, columns }: RowViewProps<Row>) {
  return (
    <tr aria-rowindex={place + 2}>
      {columns.map(({ title, cell, isWide, class: className }) => (
        <td key={title} class={`${isWide === true ? 'wide ' : ''}${className ?? ''}`}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Stands for rows that are not drawn. */
function Gap({ rows }: { readonly rows: number }) {
  return <tr aria-hidden="true" class="gap" style={{ height: `${rows * ROW_HEIGHT}px` }} />;
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
}

function Heading<Row>({
  column: { title, sort: own, isWide, class: className },
  sort,
  onSort,
}: HeadingProps<Row>) {
  const isSorted = own !== undefined && own === sort;
  return (
    <th
      scope="col"
      class={`${isWide === true ? 'wide ' : ''}${className ?? ''}`}
      aria-sort={isSorted ? 'other' : undefined}
    >
      {own === undefined || onSort === undefined ? (
        title
      ) : (
        <button
          type="button"
          class="sort"
          onClick={() => {
            onSort(own);
          }}
        >
          {title} {isSorted && <span aria-hidden="true">↓</span>}
        </button>
      )}
    </th>
  );
}
