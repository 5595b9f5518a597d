import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CredentialsRefused, type RefusedClaim } from './access.errors.js';
import type { Caller } from './caller.js';
import { CallerCheck, type RepeatableCheck } from './caller-check.js';
import { OperatorVerifier } from './operator-verifier.js';
import { SessionVerifier } from './session-verifier.js';

/** Checks, in the transaction of a change, that the caller still has the authority for it. */
@Injectable()
export class CallerAuthority {
  constructor(
    private readonly database: Database,
    private readonly callers: CallerCheck,
    private readonly operators: OperatorVerifier,
    private readonly sessions: SessionVerifier,
  ) {}

  /**
   * Runs `work` in one transaction. The caller is checked before the first statement of `work`, and against the
   * clock again before the commit. Without a statement there is no check.
   *
   * @throws CredentialsRefused when the caller has lost its authority; nothing is changed then
   */
  transaction<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    switch (caller.kind) {
      case 'application': {
        const { appKey, environment, apiKeyId } = caller;
        return this.checked(() => this.callers.lockAndCheck(caller), { appKey, environment, apiKeyId }, work);
      }
      case 'admin': {
        const { operatorId, operatorKeyId, operatorName, session } = caller;
        if (session !== null) {
          const operator = operatorId === null ? undefined : { id: operatorId, name: operatorName };
          return this.checked(() => this.sessions.lockAndCheck({ ...caller, session }), { operator }, work);
        }
        // REGISTRY_ADMIN_KEY is part of the configuration, which does not change while the process runs.
        if (operatorId === null || operatorKeyId === null) return this.database.transaction(work);
        return this.checked(
          () => this.operators.lockAndCheck({ ...caller, operatorId, operatorKeyId }),
          { operator: { id: operatorId, name: operatorName } },
          work,
        );
      }
      case 'anonymous':
        return this.database.transaction(work);
    }
  }

  private checked<T>(
    lockAndCheck: () => Promise<RepeatableCheck>,
    claim: Omit<RefusedClaim, 'reason'>,
    work: () => Promise<T>,
  ): Promise<T> {
    let check: RepeatableCheck | undefined;
    const refuseNow = (): void => {
      const reason = check?.();
      if (reason !== undefined) throw new CredentialsRefused({ reason, ...claim });
    };
    return this.database.transaction(
      async () => {
        const result = await work();
        refuseNow();
        return result;
      },
      async () => {
        check = await lockAndCheck();
        refuseNow();
      },
    );
  }
}
