import { AS_ADMIN, type TestApp } from './start-app.js';

/** One page of a list and where the next one is, as its `Link` header says. */
export interface FetchedPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

export async function fetchPage<Item>(app: TestApp, path: string): Promise<FetchedPage<Item>> {
  const response = await app.http.get(path).set(AS_ADMIN).expect(200);
  const { link } = response.headers as { link?: string };
  return {
    items: response.body as Item[],
    next: link === undefined ? undefined : /^<([^>]+)>; rel="next"$/.exec(link)?.[1],
  };
}

/** Follows `Link: rel="next"` to the end; `between` runs after every page. */
export async function fetchPages<Item>(
  app: TestApp,
  path: string,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<(readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: FetchedPage<Item> = await fetchPage<Item>(app, next);
    pages.push(page.items);
    await between(pages.length);
    next = page.next;
  }
  return pages;
}
