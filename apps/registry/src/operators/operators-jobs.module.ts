import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { OperatorKeyUses } from './operator-key-uses.js';
import { OperatorsModule } from './operators.module.js';

/** The background job of operators. */
@Module({
  imports: [OperatorsModule],
  providers: [
    periodicJob(
      { name: 'write when keys of operators were used', everyMs: 10_000 },
      [OperatorKeyUses],
      (_, uses) => uses.flush(),
    ),
  ],
})
export class OperatorsJobsModule {}
