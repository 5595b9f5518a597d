import type { AuditLogEntity } from './audit-log.entity.js';

/** An entry as the table takes it. */
export type AuditLogRow = Omit<AuditLogEntity, 'createdAt' | 'before' | 'after'> & {
  /** null: now, by the database's clock. */
  readonly createdAt: Date | null;
  /** JSON. */
  readonly before: string | null;
  /** JSON. */
  readonly after: string | null;
};
