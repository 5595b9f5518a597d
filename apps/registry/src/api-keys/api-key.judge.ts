import { Injectable } from '@nestjs/common';
import type { ApplicationCaller } from '#libs/access/caller.js';
import { CallerJudge, type HeldJudgement } from '#libs/access/caller-judge.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { refusal } from './key-refusal.js';

/** Judges an application by the rows of its key, its environment and itself. */
@Injectable()
export class ApiKeyJudge extends CallerJudge {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  async hold(caller: ApplicationCaller): Promise<HeldJudgement> {
    const standing = await this.apiKeys.lockStanding(caller);
    return () => (standing === undefined ? 'unknown-api-key' : refusal(standing, caller, this.clock.now()));
  }
}
