import type { SearchableEnvironment } from './search.repository.js';

const ENVIRONMENTS_AT_ONCE = 50;
const ENDPOINTS_AT_ONCE = 2000;

/** Groups of environments whose endpoints are read at once, so that those in memory are few. A larger environment is a group by itself. */
export function* readAtOnce(
  environments: readonly SearchableEnvironment[],
): Generator<SearchableEnvironment[]> {
  let group: SearchableEnvironment[] = [];
  let endpoints = 0;
  for (const environment of environments) {
    const isFull =
      group.length === ENVIRONMENTS_AT_ONCE || endpoints + environment.endpointCount > ENDPOINTS_AT_ONCE;
    if (group.length > 0 && isFull) {
      yield group;
      group = [];
      endpoints = 0;
    }
    group.push(environment);
    endpoints += environment.endpointCount;
  }
  if (group.length > 0) yield group;
}
