import type { HealthStatus } from './status.js';

/** Result of importing one record; `kept`: it differs, and what was changed here stays. */
export type ImportOutcome = 'added' | 'updated' | 'unchanged' | 'kept';

/** What an import does with rows that were changed here since the last one: they stay, unless it overwrites them. */
export interface ImportPolicy {
  readonly overwrite: boolean;
}

/** Where a record comes from: its id there, when the registry may keep it, and its times. */
export interface ImportOrigin {
  readonly id?: string;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
}

/** Health found by another registry. It is used only where this registry knows none. */
export interface ImportedHealth {
  readonly healthStatus: HealthStatus;
  readonly lastHealthCheckAt: Date | null;
}
