import type { CurrentState } from './preconditions.js';

/** Port: the registered set of an environment, as the entity tags of `GET /endpoints` name it. */
export abstract class EndpointSet {
  /** As the current transaction sees it; `undefined` without such an environment. */
  abstract state(appKey: string, environment: string): Promise<CurrentState | undefined>;
}
