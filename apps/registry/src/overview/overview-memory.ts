import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '#libs/database/change-feed.js';
import { inSlices } from '#libs/event-loop/slices.js';
import { LastDaysService } from '../monitoring/last-days.service.js';
import { OverviewRepository, type OverviewRow } from './overview.repository.js';
import { applicationOf, compareApplications, type OverviewApplication } from './overview-rows.js';

/** What no change tells of, such as the times of checks, is at most this old. */
const MAX_AGE_MS = 15_000;
/** The same while figures are missing, which come in the background. */
const MAX_AGE_WITHOUT_FIGURES_MS = 2000;
/** And while the change feed is not current. */
const MAX_AGE_WITHOUT_FEED_MS = 500;
/** For figures that were never counted. */
const MAX_WAIT_MS = 60;
/** More changed applications are read with all others. */
const MAX_CHANGED = 200;

/** All applications at one time. */
export interface OverviewState {
  /** Oldest application first. */
  readonly applications: readonly OverviewApplication[];
  /** Whether the last 24 hours of all environments are counted. */
  readonly hasFigures: boolean;
  /** Start of the hour of the last letter. */
  readonly hour: Date;
}

/**
 * All applications and environments in memory, read when a client asks: whole every 15 s, and of changed applications before
 * the next answer.
 */
@Injectable()
export class OverviewMemory {
  private state: OverviewState | undefined;
  private known = new Map<string, OverviewApplication>();
  private readonly environmentIds = new Set<string>();
  private changed = new Set<string>();
  private everythingChanged = true;
  /** How many changes were told, and how many of them are in memory. */
  private told = 1;
  private taken = 0;
  /** On the monotonic clock, when the last reading of everything began. */
  private readAt = -Infinity;
  private pass: Promise<void> | undefined;

  constructor(
    private readonly repository: OverviewRepository,
    private readonly lastDays: LastDaysService,
    private readonly feed: ChangeFeed,
  ) {
    feed.subscribeToApplications((appKey) => {
      this.note(appKey);
    });
  }

  /** The state with every change that was told before; the same object while nothing is known to have changed. */
  async current(): Promise<OverviewState> {
    const calledAt = performance.now();
    const needed = this.told;
    for (;;) {
      const isReadSince = this.readAt >= calledAt || this.isYoung();
      if (this.state !== undefined && this.taken >= needed && isReadSince) return this.state;
      this.pass ??= this.read().finally(() => {
        this.pass = undefined;
      });
      await this.pass;
    }
  }

  private note(appKey: string | undefined): void {
    this.told += 1;
    if (appKey === undefined) this.everythingChanged = true;
    else this.changed.add(appKey);
  }

  private isYoung(): boolean {
    const { feed, state } = this;
    const withFeed = state?.hasFigures === false ? MAX_AGE_WITHOUT_FIGURES_MS : MAX_AGE_MS;
    return performance.now() - this.readAt < (feed.isCurrent ? withFeed : MAX_AGE_WITHOUT_FEED_MS);
  }

  private async read(): Promise<void> {
    const [told, beganAt, changed] = [this.told, performance.now(), [...this.changed]];
    const isWhole = this.everythingChanged || changed.length > MAX_CHANGED || !this.isYoung();
    this.changed.clear();
    this.everythingChanged = false;
    try {
      const rows = await this.repository.rows(isWhole ? undefined : changed);
      if (isWhole) this.environmentIds.clear();
      for (const { environmentId } of rows)
        if (environmentId !== null) this.environmentIds.add(environmentId);
      const hasFigures = await this.lastDays.prepare([...this.environmentIds], MAX_WAIT_MS);
      const read = await this.take(rows);
      if (isWhole) this.known = read;
      else {
        for (const appKey of changed) this.known.delete(appKey);
        for (const [appKey, application] of read) this.known.set(appKey, application);
      }
      const applications = [...this.known.values()].sort(compareApplications);
      const hour = isWhole || this.state === undefined ? this.lastDays.hour() : this.state.hour;
      this.state = { applications, hasFigures, hour };
    } catch (error) {
      this.everythingChanged = true;
      throw error;
    }
    this.taken = told;
    if (isWhole) this.readAt = beganAt;
  }

  private async take(rows: readonly OverviewRow[]): Promise<Map<string, OverviewApplication>> {
    const found = new Map<string, [OverviewRow, ...OverviewRow[]]>();
    for (const row of rows) {
      const ofOne = found.get(row.appKey);
      if (ofOne === undefined) found.set(row.appKey, [row]);
      else ofOne.push(row);
    }
    const applications = new Map<string, OverviewApplication>();
    await inSlices(found, ([appKey, ofOne]) => applications.set(appKey, applicationOf(ofOne, this.lastDays)));
    return applications;
  }
}
