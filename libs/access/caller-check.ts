import type { RefusalReason } from './access.errors.js';
import type { ApplicationCaller } from './caller.js';

/**
 * Checks a caller whose rows the current transaction has locked: the reason for refusal, or `undefined`. Until the
 * transaction ends only the passing of time changes the result.
 */
export type RepeatableCheck = () => RefusalReason | undefined;

/** Port: checks a caller again, in the transaction of its change. */
export abstract class CallerCheck {
  /**
   * Reads and locks, in one statement of the current transaction, all rows that give the caller its authority. A
   * transaction that revokes it commits either before this statement or after this transaction.
   */
  abstract lockAndCheck(caller: ApplicationCaller): Promise<RepeatableCheck>;
}
