import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { ApiKeysModule } from './api-keys.module.js';
import { LastUsedTimes } from './last-used-times.js';

/** The background job of API keys. */
@Module({
  imports: [ApiKeysModule],
  providers: [
    periodicJob({ name: 'write when API keys were used', everyMs: 10_000 }, [LastUsedTimes], (_, use) =>
      use.flush(),
    ),
  ],
})
export class ApiKeysJobsModule {}
