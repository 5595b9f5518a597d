import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealthIndicator } from './database.health-indicator.js';
import { HealthChecksController } from './health-checks.controller.js';
import { HealthChecksRepository } from './health-checks.repository.js';
import { HealthChecksService } from './health-checks.service.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { DayClosingRepository } from './history/day-closing.repository.js';
import { DayPartitionsRepository } from './history/day-partitions.repository.js';
import { HealthCheckLogRepository } from './history/health-check-log.repository.js';
import { HealthFiguresRepository } from './history/health-figures.repository.js';
import { HistoryKeepingService } from './history/history-keeping.service.js';
import { CheckNowService } from './probe/check-now.service.js';
import { HealthRecorder } from './probe/health-recorder.js';
import { HealthTargetsRepository } from './probe/health-targets.repository.js';
import { ProbeMetrics } from './probe/probe-metrics.js';
import { ProbeService } from './probe/probe.service.js';
import { Prober } from './probe/prober.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, HealthChecksController],
  providers: [
    HealthService,
    DatabaseHealthIndicator,
    HealthChecksService,
    HealthChecksRepository,
    HealthCheckLogRepository,
    HealthFiguresRepository,
    HistoryKeepingService,
    DayClosingRepository,
    DayPartitionsRepository,
    HealthTargetsRepository,
    HealthRecorder,
    Prober,
    ProbeMetrics,
    ProbeService,
    CheckNowService,
  ],
  exports: [HistoryKeepingService, ProbeService],
})
export class HealthModule {}
