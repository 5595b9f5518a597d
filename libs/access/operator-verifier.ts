import type { RefusalReason } from './access.errors.js';
import type { KnownOperator, OperatorCaller } from './caller.js';
import type { RepeatableCheck } from './caller-check.js';

export type OperatorVerification =
  | { readonly accepted: true; readonly caller: OperatorCaller }
  | { readonly accepted: false; readonly reason: RefusalReason; readonly operator?: KnownOperator };

/** Port: verifies keys of operators. */
export abstract class OperatorVerifier {
  /** The caller when the cache is enough to accept the key; `undefined` says nothing about it. */
  abstract cachedCaller(key: string): OperatorCaller | undefined;

  abstract verify(key: string): Promise<OperatorVerification>;

  /**
   * Reads and locks the rows of the operator and the key, in one statement of the current transaction. A transaction that
   * revokes the key or lowers the role commits either before this statement or after this transaction.
   */
  abstract lockAndCheck(caller: OperatorWithKey): Promise<RepeatableCheck>;
}

/** An operator who called with a key of their own. */
export interface OperatorWithKey extends Pick<OperatorCaller, 'role' | 'bindings'> {
  readonly operatorId: string;
  readonly operatorKeyId: string;
}
