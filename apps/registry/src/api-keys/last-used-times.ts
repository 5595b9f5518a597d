import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { UseTimes } from '#libs/key-lifetime/use-times.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** When each API key was last used. */
@Injectable()
export class LastUsedTimes extends UseTimes {
  constructor(apiKeys: ApiKeysRepository, clock: DatabaseClock, database: Database) {
    super('API keys', apiKeys, clock, database);
  }
}
