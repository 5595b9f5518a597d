import { useSignal } from '@preact/signals';
import { type RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Rows in an order that stays while the operator points at the list. */
interface HeldOrder<Row> {
  readonly rows: readonly Row[];
  /** How many rows are elsewhere by now. */
  readonly moved: number;
  readonly release: () => void;
}

/**
 * Keeps the order of rows while the pointer or the focus is in `box`: nothing moves under the pointer. Rows themselves are current.
 *
 * @param question what the operator asked for: a new one is answered in its own order
 */
export function useHeldOrder<Row>(
  rows: readonly Row[],
  question: string,
  keyOf: (row: Row) => string,
  box: RefObject<HTMLElement | null>,
): HeldOrder<Row> {
  const shown = useRef<{ question: string; keys: readonly string[] }>({ question: '', keys: [] });
  const turn = useSignal(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const left = (): void => {
      turn.value++;
    };
    element.addEventListener('mouseleave', left);
    return () => {
      element.removeEventListener('mouseleave', left);
    };
  });
  void turn.value;
  const release = (): void => {
    shown.current = { question: '', keys: [] };
    turn.value++;
  };
  const keys = rows.map(keyOf);
  const { current } = shown;
  const isHeld = current.question === question && box.current?.matches(':hover, :focus-within') === true;
  const moved = isHeld ? keys.filter((key, index) => current.keys[index] !== key).length : 0;
  if (moved === 0 || !isSameSet(keys, current.keys)) {
    shown.current = { question, keys };
    return { rows, moved: 0, release };
  }
  const places = new Map(rows.map((row) => [keyOf(row), row]));
  return { rows: current.keys.flatMap((key) => places.get(key) ?? []), moved, release };
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && new Set([...some, ...others]).size === some.length;
}
