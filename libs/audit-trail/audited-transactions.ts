import type { AuditAction } from './audited.decorator.js';

/** Port: the way to change something where no audited route does, as the registry does by itself. */
export abstract class AuditedTransactions {
  /** Runs `work` in one transaction with the entries of what it said to have changed: all of it is there, or nothing. */
  abstract run<T>(action: AuditAction, work: () => Promise<T>): Promise<T>;
}
