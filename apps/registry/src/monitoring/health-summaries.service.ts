import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { MINUTE_MS } from '#libs/units/durations.js';
import { Availabilities, windowsAt } from './history/availability.js';
import { HealthFiguresRepository } from './history/health-figures.repository.js';

const MAX_SUMMARIES = 20_000;

/** How an environment has been over the last 24 hours; null without probes. */
export interface HealthSummary {
  /** The share of probes that succeeded, 0 to 1. */
  readonly uptime24h: number | null;
  /** Seconds. */
  readonly p95: number | null;
}

/** Summaries of the last 24 hours for answers that name many environments, each at most a minute old. */
@Injectable()
export class HealthSummariesService {
  private readonly known = new LRUCache<string, HealthSummary>({ max: MAX_SUMMARIES, ttl: MINUTE_MS });

  constructor(
    private readonly figures: HealthFiguresRepository,
    private readonly clock: DatabaseClock,
  ) {}

  async of(environmentIds: readonly string[]): Promise<ReadonlyMap<string, HealthSummary>> {
    const summaries = new Map<string, HealthSummary>();
    const unknown: string[] = [];
    for (const id of new Set(environmentIds)) {
      const summary = this.known.get(id);
      if (summary === undefined) unknown.push(id);
      else summaries.set(id, summary);
    }
    if (unknown.length === 0) return summaries;
    const { exact } = windowsAt(this.clock.now());
    const counted = new Availabilities(await this.figures.availability(unknown, { exact, hourly: [] }));
    for (const id of unknown) {
      const { uptime, responseTimeP95 } = counted.of(id);
      const summary = { uptime24h: uptime.last24Hours, p95: responseTimeP95 };
      this.known.set(id, summary);
      summaries.set(id, summary);
    }
    return summaries;
  }
}
