import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { ApiKeysModule } from './api-keys.module.js';
import { KeyUse } from './key-use.js';

/** The background job of API keys. */
@Module({
  imports: [ApiKeysModule],
  providers: [
    periodicJob({ name: 'write when API keys were used', everyMs: 10_000 }, [KeyUse], (_, use) =>
      use.flush(),
    ),
  ],
})
export class ApiKeysJobsModule {}
