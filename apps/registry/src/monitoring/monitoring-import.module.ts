import { Module } from '@nestjs/common';
import { HealthHistoryImporter } from './health-history.importer.js';
import { DayClosingRepository } from './history/day-closing.repository.js';
import { HealthCheckLogRepository } from './history/health-check-log.repository.js';
import { HealthTargetsRepository } from './probe/health-targets.repository.js';

/** The importer of health checks, without probing. */
@Module({
  providers: [HealthHistoryImporter, HealthCheckLogRepository, DayClosingRepository, HealthTargetsRepository],
  exports: [HealthHistoryImporter],
})
export class MonitoringImportModule {}
