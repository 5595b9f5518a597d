import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CredentialsRefused, type RefusalReason } from './access.errors.js';
import type { ApplicationCaller, Caller } from './caller.js';
import { CallerJudge, type HeldJudgement } from './caller-judge.js';

/** Lets a caller change something only while it has the authority to, judged in the transaction of the change. */
@Injectable()
export class CallerAuthority {
  constructor(
    private readonly database: Database,
    private readonly judge: CallerJudge,
  ) {}

  /**
   * Runs `work` in one transaction. The caller is judged before the first statement of `work`, whatever that is, and
   * by the clock once more before the commit. Without a statement there is nothing to judge.
   *
   * @throws CredentialsRefused when the caller has lost its authority; nothing is changed then
   */
  transaction<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    switch (caller.kind) {
      case 'application':
        return this.judged(caller, work);
      case 'admin':
      case 'anonymous':
        // The admin key is part of the configuration, which does not change while the process runs.
        return this.database.transaction(work);
    }
  }

  private judged<T>(caller: ApplicationCaller, work: () => Promise<T>): Promise<T> {
    let judgement: HeldJudgement | undefined;
    return this.database.transaction(
      async () => {
        const result = await work();
        refuse(caller, judgement?.());
        return result;
      },
      async () => {
        judgement = await this.judge.hold(caller);
        refuse(caller, judgement());
      },
    );
  }
}

function refuse(
  { appKey, environment, apiKeyId }: ApplicationCaller,
  reason: RefusalReason | undefined,
): void {
  if (reason !== undefined) throw new CredentialsRefused({ reason, appKey, environment, apiKeyId });
}
