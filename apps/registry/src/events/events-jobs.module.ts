import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { EventsModule } from './events.module.js';
import { EventsService } from './events.service.js';

/** The background job of event streams. */
@Module({
  imports: [EventsModule],
  providers: [
    periodicJob({ name: 'keep event streams alive', everyMs: 15_000 }, [EventsService], (_, events) =>
      events.beat(),
    ),
  ],
})
export class EventsJobsModule {}
