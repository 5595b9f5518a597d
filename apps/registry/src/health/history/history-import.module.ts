import { Module } from '@nestjs/common';
import { HealthTargetsRepository } from '../probe/health-targets.repository.js';
import { DayClosingRepository } from './day-closing.repository.js';
import { HealthCheckLogRepository } from './health-check-log.repository.js';
import { HistoryImportService } from './history-import.service.js';

/** The history of health checks without anybody who probes. */
@Module({
  providers: [HistoryImportService, HealthCheckLogRepository, DayClosingRepository, HealthTargetsRepository],
  exports: [HistoryImportService],
})
export class HistoryImportModule {}
