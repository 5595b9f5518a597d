import { setMaxListeners } from 'node:events';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { HealthRecorder, type ProbeResult } from './health-recorder.js';
import { HealthTargetsRepository, type ProbeTarget } from './health-targets.repository.js';
import { ProbeMetrics } from './probe-metrics.js';
import { probeUrlOf } from './probe-url.js';
import { Prober } from './prober.js';

/** Bounds sockets and memory; further due targets wait in the database for any replica. */
const MAX_PROBES = 500;
/** Results that wait for a slow database. */
const MAX_RESULTS = 2000;
const LEASE_BATCH = 250;
const BATCH_SIZE = 500;
/** Added to the timeout of a probe: the time to write the result on a slow database. */
const LEASE_MARGIN_SECONDS = 2;
/** Between two probes of a target whose URL is changed all the time: the registry is no port scanner. */
const PACE_SECONDS = 30;
/** Before the database is asked again after it failed. */
const PAUSE_MS = 2000;
/** How long probes in progress may take to end when the service stops. */
const DRAIN_MS = 5000;

/** Probes due targets and records the results. Its memory is bounded, and may be lost without harm. */
@Injectable()
export class ProbeService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ProbeService.name);
  private readonly probes = new Map<ProbeTarget, Promise<void>>();
  private readonly aborting = new AbortController();
  private results: ProbeResult[] = [];
  private readonly brokenOff: ProbeTarget[] = [];
  private spread = false;
  private stopping = false;
  /** On the monotonic clock. */
  private pausedUntil = -Infinity;
  private leasing: Promise<void> | undefined;
  private recording: Promise<void> | undefined;

  constructor(
    private readonly targets: HealthTargetsRepository,
    private readonly recorder: HealthRecorder,
    private readonly prober: Prober,
    private readonly config: AppConfig,
    private readonly metrics: ProbeMetrics,
  ) {
    metrics.watch({ inFlight: () => this.probes.size, unrecorded: () => this.results.length });
    // One for every probe.
    setMaxListeners(MAX_PROBES, this.aborting.signal);
  }

  /**
   * Starts probes of due targets as far as there is room; resolves when all leased targets are being probed.
   */
  probeDue(): Promise<void> {
    this.leasing ??= this.leaseDueTargets().finally(() => (this.leasing = undefined));
    return this.leasing;
  }

  /** Records the results there are. */
  recordResults(): Promise<void> {
    this.recording ??= this.recordAll().finally(() => (this.recording = undefined));
    return this.recording;
  }

  /** Waits for probes and records their results; aborts slow ones and releases their leases. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.leasing;
    const timer = setTimeout(() => {
      this.aborting.abort();
    }, DRAIN_MS);
    await Promise.all(this.probes.values());
    clearTimeout(timer);
    await this.recording;
    this.pausedUntil = 0;
    await this.recordResults();
    await this.releaseLeases();
  }

  private async releaseLeases(): Promise<void> {
    const unrecorded = [...this.brokenOff, ...this.results.map(({ target }) => target)];
    if (unrecorded.length === 0) return;
    await this.unlessDatabaseFails('release leases', () =>
      this.targets.release(unrecorded.flatMap(({ lease }) => lease ?? [])),
    );
  }

  private async leaseDueTargets(): Promise<void> {
    const { timeoutSeconds, intervalSeconds } = this.config.healthChecks;
    await this.unlessDatabaseFails('lease targets', async () => {
      if (!this.spread) await this.targets.spread(intervalSeconds);
      this.spread = true;
      while (!this.stopping && this.room > 0) {
        const limit = Math.min(this.room, LEASE_BATCH);
        const leased = await this.targets.lease({
          limit,
          leaseSeconds: timeoutSeconds + LEASE_MARGIN_SECONDS,
          // Where targets are probed more often anyway, a change costs nothing.
          paceSeconds: Math.min(PACE_SECONDS, intervalSeconds),
        });
        for (const target of leased) {
          this.metrics.leased(target);
          this.probe(target);
        }
        if (leased.length < limit) return;
      }
    });
  }

  private async recordAll(): Promise<void> {
    const locked: ProbeResult[] = [];
    await this.unlessDatabaseFails('record results', async () => {
      while (this.results.length > 0) {
        const batch = this.results.splice(0, BATCH_SIZE);
        try {
          locked.push(...(await this.recorder.recordScheduled(batch)));
        } catch (error) {
          // Invalid results would fail for ever: they are dropped, and the targets are probed again.
          if (isPassing(error)) this.results.unshift(...batch);
          throw error;
        }
      }
    });
    this.results.push(...locked);
  }

  private probe(target: ProbeTarget): void {
    const url = probeUrlOf(target);
    if (url === undefined) {
      this.results.push({ target, check: undefined });
      return;
    }
    const probing = this.prober
      .check(url, this.aborting.signal)
      .then(
        (check) => void this.results.push({ target, check }),
        (error: unknown) => {
          this.brokenOff.push(target);
          // Without the URL, whose query may hold a secret.
          if (!this.stopping)
            this.logger.error(`Probing target ${target.targetId} failed: ${(error as Error).message}`);
        },
      )
      .finally(() => this.probes.delete(target));
    this.probes.set(target, probing);
  }

  private get room(): number {
    return this.results.length > MAX_RESULTS ? 0 : MAX_PROBES - this.probes.size;
  }

  private async unlessDatabaseFails(purpose: string, work: () => Promise<void>): Promise<void> {
    if (performance.now() < this.pausedUntil) return;
    try {
      await work();
    } catch (error) {
      this.pausedUntil = performance.now() + PAUSE_MS;
      this.logger.error(
        `The prober could not ${purpose}: ${(error as Error).message}`,
        isPassing(error) ? undefined : (error as Error).stack,
      );
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof DomainError || translateDatabaseError(error) !== undefined;
}
