import { Module } from '@nestjs/common';
import { HealthChecksController } from './health-checks.controller.js';
import { HealthChecksRepository } from './health-checks.repository.js';
import { HealthChecksService } from './health-checks.service.js';
import { HealthSummariesService } from './health-summaries.service.js';
import { DayClosingRepository } from './history/day-closing.repository.js';
import { DayPartitionsRepository } from './history/day-partitions.repository.js';
import { HealthCheckLogRepository } from './history/health-check-log.repository.js';
import { HealthFiguresRepository } from './history/health-figures.repository.js';
import { HistoryMaintenanceService } from './history/history-maintenance.service.js';
import { LastDayRepository } from './history/last-day.repository.js';
import { LastDaysService } from './last-days.service.js';
import { CheckNowService } from './probe/check-now.service.js';
import { HealthRecorder } from './probe/health-recorder.js';
import { HealthTargetsRepository } from './probe/health-targets.repository.js';
import { ProbeService } from './probe/probe.service.js';
import { ProbeMetrics } from './probe/probe-metrics.js';
import { Prober } from './probe/prober.js';

/** The health of registered applications: probes, and their history. */
@Module({
  controllers: [HealthChecksController],
  providers: [
    HealthChecksService,
    HealthSummariesService,
    LastDaysService,
    LastDayRepository,
    HealthChecksRepository,
    HealthCheckLogRepository,
    HealthFiguresRepository,
    HistoryMaintenanceService,
    DayClosingRepository,
    DayPartitionsRepository,
    HealthTargetsRepository,
    HealthRecorder,
    Prober,
    ProbeMetrics,
    ProbeService,
    CheckNowService,
  ],
  exports: [HealthSummariesService, LastDaysService, HistoryMaintenanceService, ProbeService],
})
export class MonitoringModule {}
