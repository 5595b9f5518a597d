import type { ImportedHealth, ImportOrigin } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';

/**
 * An application of another registry. Absent fields are not compared; a new application without a name is named
 * after its key.
 */
export interface ImportedApplication {
  readonly appKey: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly healthCheckUrl?: string | null;
  readonly authenticationMethod?: string;
  readonly owner?: string | null;
  readonly status?: Status;
  readonly health?: ImportedHealth & {
    readonly consecutiveFailures: number;
    readonly consecutiveSuccesses: number;
  };
  readonly origin?: ImportOrigin;
}
