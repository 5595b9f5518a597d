import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { UseTimes } from '#libs/key-lifetime/use-times.js';
import { SessionsRepository } from './sessions.repository.js';

/** When each session was last used. */
@Injectable()
export class SessionUses extends UseTimes {
  constructor(sessions: SessionsRepository, clock: DatabaseClock, database: Database) {
    super('sessions', sessions, clock, database);
  }
}
