import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { type Counter, type Histogram, Metrics } from '#libs/metrics/metrics.js';
import { type CheckStatus, checkWordOf } from '../check-status.js';
import type { DueTarget } from './health-targets.repository.js';

/** What can be seen of probing: what came of it, and how well its schedule is kept. */
@Injectable()
export class ProbeMetrics {
  private readonly checks: Counter<'outcome'>;
  private readonly lateness: Histogram<never>;
  private readonly rounds: Histogram<never>;

  constructor(
    private readonly metrics: Metrics,
    private readonly config: AppConfig,
  ) {
    this.checks = metrics.counter({
      name: 'mcp_registry_probes_total',
      help: 'Probes by outcome (success, failure, error), those beside the schedule included.',
      labels: ['outcome'],
    });
    this.lateness = metrics.histogram({
      name: 'mcp_registry_probe_lateness_seconds',
      help: 'How long after it was due a target was probed.',
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    });
    this.rounds = metrics.histogram({
      name: 'mcp_registry_probe_round_ratio',
      help: 'Time since the check before of the same target, in HEALTH_CHECK_INTERVAL: 1 is as it should be.',
      buckets: [0.5, 0.9, 0.99, 1.01, 1.1, 1.25, 1.5, 2, 3, 5],
    });
  }

  checked(status: CheckStatus): void {
    this.checks.inc({ outcome: checkWordOf(status) });
  }

  leased({ lateness, sinceLastCheck }: DueTarget): void {
    this.lateness.observe({}, lateness);
    if (sinceLastCheck === null) return;
    this.rounds.observe({}, sinceLastCheck / this.config.healthChecks.intervalSeconds);
  }

  /** @param inFlight and unrecorded return current numbers when metrics are scraped */
  watch({ inFlight, unrecorded }: { inFlight: () => number; unrecorded: () => number }): void {
    this.metrics.gauge(
      {
        name: 'mcp_registry_probes_in_flight',
        help: 'Probes under way, at most 500 of each process.',
        ofWorkers: 'sum',
      },
      {},
      inFlight,
    );
    this.metrics.gauge(
      {
        name: 'mcp_registry_probes_unrecorded',
        help: 'Outcomes that wait for the database; nothing is probed beyond 2000 of each process.',
        ofWorkers: 'sum',
      },
      {},
      unrecorded,
    );
  }
}
