import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { UseTimes } from '#libs/key-lifetime/use-times.js';
import { OperatorsRepository } from './operators.repository.js';

/** When each key of an operator was last used. */
@Injectable()
export class OperatorKeyUses extends UseTimes {
  constructor(operators: OperatorsRepository, clock: DatabaseClock, database: Database) {
    super('operator keys', operators, clock, database);
  }
}
