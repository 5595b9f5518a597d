import { useLocation } from 'preact-iso';

/** The query of the address as the state of a page. */
export interface UrlState {
  /** '' when the address does not have it. */
  get(name: string): string;
  /** Changes the address in place; '' removes a value. */
  set(values: Readonly<Record<string, string>>): void;
}

/** What a page shows is in its address, so that a link shows the same. */
export function useUrlState(): UrlState {
  const { query, path, route } = useLocation();
  return {
    get: (name) => query[name] ?? '',
    set: (values) => {
      // Several changes may come before the page is drawn again.
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(values)) {
        if (value === '') next.delete(name);
        else next.set(name, value);
      }
      const search = next.toString();
      route(search === '' ? path : `${path}?${search}`, true);
    },
  };
}
