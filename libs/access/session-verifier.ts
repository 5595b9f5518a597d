import type { OperatorCaller } from './caller.js';
import type { RepeatableCheck } from './caller-check.js';
import type { OperatorVerification } from './operator-verifier.js';

/** Port: verifies sessions of operators. */
export abstract class SessionVerifier {
  /** The caller when the cache is enough to accept the session; `undefined` says nothing about it. */
  abstract cachedCaller(token: string): OperatorCaller | undefined;

  abstract verify(token: string): Promise<OperatorVerification>;

  /** As {@link verify}, without counting as a use of the session. */
  abstract stillAccepts(token: string): Promise<OperatorVerification>;

  /**
   * Reads and locks the rows of the session and of what it was started with, in one statement of the current transaction.
   * A transaction that ends it commits either before this statement or after this transaction.
   */
  abstract lockAndCheck(caller: SessionCaller): Promise<RepeatableCheck>;
}

/** An operator who called within a session. */
export interface SessionCaller extends OperatorCaller {
  readonly session: NonNullable<OperatorCaller['session']>;
}
