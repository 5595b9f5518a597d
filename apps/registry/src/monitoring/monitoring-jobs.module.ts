import { Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { HistoryMaintenanceService } from './history/history-maintenance.service.js';
import { MonitoringModule } from './monitoring.module.js';
import { ProbeService } from './probe/probe.service.js';

const PROBE_TICK_MS = 250;

/** The background jobs of health checks: probing what the database says is due, and maintaining the history. */
@Module({
  imports: [MonitoringModule],
  providers: [
    periodicJob({ name: 'probe due targets', everyMs: PROBE_TICK_MS }, [ProbeService], (_, probes) =>
      probes.probeDue(),
    ),
    periodicJob({ name: 'record probe results', everyMs: PROBE_TICK_MS }, [ProbeService], (_, probes) =>
      probes.recordResults(),
    ),
    periodicJob(
      { name: 'maintain the history of health checks', everyMs: 5 * 60_000 },
      [HistoryMaintenanceService, DatabaseClock],
      (signal, history, clock) => history.maintain(clock.now(), signal),
    ),
  ],
})
export class MonitoringJobsModule implements OnApplicationBootstrap {
  constructor(
    private readonly history: HistoryMaintenanceService,
    private readonly clock: DatabaseClock,
  ) {}

  /** Before the service is ready: the day of a new installation gets a partition of its own, too. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.history.makePartitionsAhead(this.clock.now());
    } catch (error) {
      new Logger('HealthHistory').error(`Failed to create partitions: ${(error as Error).message}`);
    }
  }
}
