import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { SessionUses } from './session-uses.js';
import { SessionsModule } from './sessions.module.js';

/** The background job of sessions. */
@Module({
  imports: [SessionsModule],
  providers: [
    periodicJob({ name: 'write when sessions were used', everyMs: 10_000 }, [SessionUses], (_, uses) =>
      uses.flush(),
    ),
  ],
})
export class SessionsJobsModule {}
