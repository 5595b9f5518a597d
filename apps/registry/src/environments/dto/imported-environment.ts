/** What became of a record: whether it is new here, differs, or was there just so. */
export type ImportOutcome = 'added' | 'updated' | 'unchanged';

/** Where a record comes from: its id there, when it may be one here, and its times. */
export interface ImportOrigin {
  readonly id?: string;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
}

/** The health another registry has found out. It counts only where nothing is known here. */
export interface ImportedHealth {
  readonly healthStatus: 'UNKNOWN' | 'ACTIVE' | 'INACTIVE';
  readonly lastHealthCheckAt: Date | null;
}

/** An environment as another registry has it. What is left out is not compared. */
export interface ImportedEnvironment {
  readonly name: string;
  readonly description?: string | null;
  readonly baseDomain?: string | null;
  readonly status?: 'ACTIVE' | 'INACTIVE';
  readonly health?: ImportedHealth;
  readonly origin?: ImportOrigin;
}
