import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { ApplicationRenamesService } from './application-renames.service.js';
import { ApplicationsModule } from './applications.module.js';

/** The background job of applications. */
@Module({
  imports: [ApplicationsModule],
  providers: [
    periodicJob(
      { name: 'delete expired aliases of applications', everyMs: 10 * 60_000, atStart: true },
      [ApplicationRenamesService],
      (_, renames) => renames.deleteExpiredAliases(),
    ),
  ],
})
export class ApplicationsJobsModule {}
