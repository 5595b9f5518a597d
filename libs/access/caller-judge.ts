import type { RefusalReason } from './access.errors.js';
import type { ApplicationCaller } from './caller.js';

/**
 * The judgement of a caller whose rows the current transaction holds: the reason to refuse it, or `undefined`. Until
 * the transaction ends only the passing of time changes the answer.
 */
export type HeldJudgement = () => RefusalReason | undefined;

/** Port: judges a caller again, in the transaction of the change it asks for. */
export abstract class CallerJudge {
  /**
   * Reads and locks, in one statement of the current transaction, all rows that give the caller its authority: a
   * transaction that takes that authority away commits either before this statement or after this transaction.
   */
  abstract hold(caller: ApplicationCaller): Promise<HeldJudgement>;
}
