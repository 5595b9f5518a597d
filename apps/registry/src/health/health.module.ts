import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealthIndicator } from './database.health-indicator.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { HealthChecksController } from './health-checks.controller.js';
import { HealthCheckLogRepository } from './history/health-check-log.repository.js';
import { CheckNowService } from './probe/check-now.service.js';
import { HealthRecorder } from './probe/health-recorder.js';
import { HealthTargetsRepository } from './probe/health-targets.repository.js';
import { ProbeScheduler } from './probe/probe.scheduler.js';
import { ProbeService } from './probe/probe.service.js';
import { Prober } from './probe/prober.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, HealthChecksController],
  providers: [
    HealthService,
    DatabaseHealthIndicator,
    HealthTargetsRepository,
    HealthCheckLogRepository,
    HealthRecorder,
    Prober,
    ProbeService,
    ProbeScheduler,
    CheckNowService,
  ],
})
export class HealthModule {}
