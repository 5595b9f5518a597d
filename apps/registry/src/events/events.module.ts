import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { HealthStatusesRepository } from './health-statuses.repository.js';

/** Changes as they are committed, for clients that follow them. */
@Module({
  controllers: [EventsController],
  providers: [EventsService, HealthStatusesRepository],
  exports: [EventsService],
})
export class EventsModule {}
