import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeFeed } from '#libs/database/change-feed.js';
import { type ApplicationChange, HealthStatuses } from './health-statuses.js';
import type { HealthStatusesRepository } from './health-statuses.repository.js';

/** Changes of so many milliseconds are looked up together. */
const TOGETHER_MS = 50;
/** More applications that changed at once are told as a resync. */
const MAX_TOLD_SINGLY = 200;
/** While the change feed is interrupted it tells four times a second that anything may have changed. */
const BETWEEN_RESYNCS_MS = 1000;

/** Who is told of changes. */
export interface ChangeAudience {
  onChange(change: ApplicationChange): void;
  onResync(): void;
}

/** Makes of what the change feed tells what changed of each application, health statuses included. */
export class ToldChanges {
  private statuses: HealthStatuses | undefined;
  private changed = new Set<string>();
  private everythingChanged = false;
  private resyncedAt = -Infinity;
  private telling: Promise<void> | undefined;
  private loading: Promise<void> | undefined;

  constructor(
    feed: ChangeFeed,
    private readonly repository: HealthStatusesRepository,
    private readonly audience: ChangeAudience,
  ) {
    feed.subscribeToApplications((appKey) => {
      this.note(appKey);
    });
  }

  /** Resolves when changes from now on will be told; knows the statuses until {@link rest}. */
  async begin(): Promise<void> {
    if (this.statuses !== undefined) return;
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    await this.loading;
  }

  /** There is no client any more. */
  rest(): void {
    this.statuses = undefined;
    this.changed.clear();
    this.everythingChanged = false;
  }

  private async load(): Promise<void> {
    const statuses = new HealthStatuses();
    statuses.replace(await this.repository.statuses(undefined));
    this.statuses = statuses;
  }

  private note(appKey: string | undefined): void {
    if ((this.statuses ?? this.loading) === undefined) return;
    if (appKey === undefined) this.everythingChanged = true;
    else this.changed.add(appKey);
    this.everythingChanged ||= this.changed.size > MAX_TOLD_SINGLY;
    this.telling ??= this.tell().finally(() => {
      this.telling = undefined;
    });
  }

  private async tell(): Promise<void> {
    while (this.changed.size > 0 || this.everythingChanged) {
      const sinceResync = performance.now() - this.resyncedAt;
      const pause = this.everythingChanged ? BETWEEN_RESYNCS_MS - sinceResync : 0;
      await sleep(Math.max(TOGETHER_MS, pause), undefined, { ref: false });
      await this.loading?.catch(() => undefined);
      const { statuses } = this;
      if (statuses === undefined) return;
      try {
        await (this.everythingChanged ? this.tellOfAll(statuses) : this.tellOfChanged(statuses));
      } catch {
        // The database is away: whatever happened meanwhile is told when it can be read.
        this.everythingChanged = true;
        this.resyncedAt = performance.now();
      }
    }
  }

  private async tellOfAll(statuses: HealthStatuses): Promise<void> {
    this.everythingChanged = false;
    this.changed.clear();
    statuses.replace(await this.repository.statuses(undefined));
    this.resyncedAt = performance.now();
    this.audience.onResync();
  }

  private async tellOfChanged(statuses: HealthStatuses): Promise<void> {
    const appKeys = [...this.changed];
    this.changed.clear();
    for (const change of statuses.changes(appKeys, await this.repository.statuses(appKeys))) {
      this.audience.onChange(change);
    }
  }
}
