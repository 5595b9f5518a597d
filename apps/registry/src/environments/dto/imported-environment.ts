import type { ImportedHealth, ImportOrigin } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';
import type { RequestedSecurity } from '../environment-security.js';

/** An environment of another registry. Absent fields are not compared. */
export interface ImportedEnvironment {
  readonly name: string;
  readonly description?: string | null;
  readonly baseDomain?: string | null;
  readonly security?: RequestedSecurity | null;
  readonly customPrompt?: string | null;
  readonly status?: Status;
  readonly health?: ImportedHealth;
  readonly origin?: ImportOrigin;
}
