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
    element.addEventListener('focusout', left);
    return () => {
      element.removeEventListener('mouseleave', left);
      element.removeEventListener('focusout', left);
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
  const places = new Map(rows.map((row) => [keyOf(row), row]));
  const held = isHeld ? inHeldOrder(current.keys, keys) : keys;
  shown.current = { question, keys: held };
  return {
    rows: held.flatMap((key) => places.get(key) ?? []),
    moved: held.filter((key, index) => keys[index] !== key).length,
    release,
  };
}

/** What was shown stays where it is; what is new comes last. */
function inHeldOrder(before: readonly string[], keys: readonly string[]): string[] {
  const present = new Set(keys);
  const known = new Set(before);
  return [...before.filter((key) => present.has(key)), ...keys.filter((key) => !known.has(key))];
}
