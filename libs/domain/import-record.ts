import type { HealthStatus } from './status.js';

/** Result of importing one record. */
export type ImportOutcome = 'added' | 'updated' | 'unchanged';

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
