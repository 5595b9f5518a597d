import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { useLoad } from './load.js';

/** A part of a list. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Where the next part begins; undefined: there is none. */
  readonly cursor: string | undefined;
}

/** A list that is read in parts. */
export interface Pages<Item> {
  /** All parts that were read; undefined: nothing yet. */
  readonly value: readonly Item[] | undefined;
  readonly problem: Problem | undefined;
  readonly reload: () => void;
  /** Reads the next part; undefined: there is none. */
  readonly more: (() => void) | undefined;
}

/** As `useLoad`, for lists: the first part is kept current, others are read on demand. */
export function usePages<Item extends { readonly id: string }>(
  identity: string,
  read: (cursor?: string) => Promise<ListPage<Item>>,
  options: Parameters<typeof useLoad>[2] = {},
): Pages<Item> {
  const first = useLoad(identity, () => read(), options);
  const rest = useSignal<ListPage<Item> | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    rest.value = undefined;
    problem.value = undefined;
  }, [identity]);
  const cursor = rest.value === undefined ? first.value?.cursor : rest.value.cursor;
  const more = async (from: string): Promise<void> => {
    try {
      const next = await read(from);
      rest.value = { items: [...(rest.value?.items ?? []), ...next.items], cursor: next.cursor };
      problem.value = undefined;
    } catch (error) {
      problem.value = Problem.from(error);
    }
  };
  const known = new Set(first.value?.items.map(({ id }) => id));
  return {
    value: first.value && [
      ...first.value.items,
      ...(rest.value?.items.filter(({ id }) => !known.has(id)) ?? []),
    ],
    problem: first.problem ?? problem.value,
    reload: first.reload,
    more: cursor === undefined ? undefined : () => void more(cursor),
  };
}

/** The cursor of the next page, of the `Link` header; undefined on the last page. */
export function nextCursor({ headers }: Response): string | undefined {
  const [, target] = /<([^>]*)>;\s*rel="?next"?/.exec(headers.get('link') ?? '') ?? [];
  return target === undefined
    ? undefined
    : (new URL(target, location.href).searchParams.get('cursor') ?? undefined);
}
