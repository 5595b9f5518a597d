import type { AuditAction } from './audited.decorator.js';

/** The actor of a change without a request: the registry itself, or the operator's command line. */
export type UnattendedActor = 'registry' | 'cli';

/** Port: the way to change something where no audited route does. */
export abstract class AuditedTransactions {
  /** Runs `work` in one transaction with the entries of what it said to have changed: all of it is there, or nothing. */
  abstract run<T>(action: AuditAction, work: () => Promise<T>, actor?: UnattendedActor): Promise<T>;
}
