import { Injectable } from '@nestjs/common';
import type { ApplicationCaller } from '#libs/access/caller.js';
import { CallerCheck, type RepeatableCheck } from '#libs/access/caller-check.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { standingRefusalOf } from './key-refusal.js';

/** Judges an application by the rows of its key, its environment and itself, which may have been renamed meanwhile. */
@Injectable()
export class ApiKeyCallerCheck extends CallerCheck {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  async lockAndCheck(caller: ApplicationCaller): Promise<RepeatableCheck> {
    const record = await this.apiKeys.lockRecord(caller);
    return () => (record === undefined ? 'unknown-api-key' : standingRefusalOf(record, this.clock.now()));
  }
}
