import type { components } from '../../api/schema.js';

export type ApplicationAnswer = components['schemas']['SingleApplicationResponse'];

/** What every part of the page of an application is given. */
export interface TabProps {
  readonly application: ApplicationAnswer;
  readonly environment: components['schemas']['EnvironmentResponse'];
  /** Of the application, for `If-Match`. */
  readonly entityTag: string | null;
  /** Reads the application again, after a change. */
  readonly reload: () => void;
}
