import { Module } from '@nestjs/common';
import { MonitoringModule } from '../monitoring/monitoring.module.js';
import { OverviewController } from './overview.controller.js';
import { OverviewRepository } from './overview.repository.js';
import { OverviewService } from './overview.service.js';
import { OverviewMemory } from './overview-memory.js';

/** All environments at once, from memory. */
@Module({
  imports: [MonitoringModule],
  controllers: [OverviewController],
  providers: [OverviewService, OverviewMemory, OverviewRepository],
})
export class OverviewModule {}
