import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#libs/units/durations.js';
import { uptimeOf } from './history/availability.js';
import { LastDayRepository } from './history/last-day.repository.js';

/** Targets whose day is counted in one statement. */
const AT_A_TIME = 300;
/** Counting a day reads all of its probes: figures may be this old, the letter of the present hour comes with every check. */
const MAX_AGE_MS = 5 * MINUTE_MS;
const HOURS = 24;
const WORSENING = '-uef';

/** The last 24 hours of a target. */
export interface LastDay {
  /** The share of probes that succeeded, 0 to 1; null without probes. */
  readonly uptime24h: number | null;
  /** Seconds; null without answers. */
  readonly p95: number | null;
  /**
   * 24 letters, the last one for the present hour of UTC: `f` a probe failed, `e` none failed but one could not be made, `u` all
   * succeeded, `-` there was none.
   */
  readonly hours: string;
}

/** The last check of a target, as a letter of {@link LastDay.hours}. */
export interface LastCheck {
  readonly checkedAt: Date;
  readonly letter: 'u' | 'f' | 'e';
}

interface Counted extends LastDay {
  /** Start of the hour of the last letter, in milliseconds. */
  readonly hour: number;
  /** On the monotonic clock. */
  readonly at: number;
}

/** The last 24 hours of many targets at once, counted in the background while clients ask. */
@Injectable()
export class LastDaysService {
  private readonly logger = new Logger(LastDaysService.name);
  private counted = new Map<string, Counted>();
  private counting: Promise<void> | undefined;

  constructor(
    private readonly repository: LastDayRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** Start of the present hour. */
  hour(): Date {
    return new Date(this.hourNow());
  }

  /**
   * Sees to it that the days of these targets are known and at most five minutes old, and waits for it so long. They are all
   * that is remembered.
   *
   * @returns whether all of them are known
   */
  async prepare(targetIds: readonly string[], waitMs: number): Promise<boolean> {
    this.forgetOthers(targetIds);
    const oldest = performance.now() - MAX_AGE_MS;
    const due = targetIds.filter((id) => (this.counted.get(id)?.at ?? -Infinity) < oldest);
    if (due.length > 0) {
      this.counting ??= this.count(due).finally(() => {
        this.counting = undefined;
      });
      const late = new AbortController();
      await Promise.race([
        this.counting,
        sleep(waitMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
    }
    return targetIds.every((id) => this.counted.has(id));
  }

  /** The day of a target with its last check; undefined when it is not counted yet. */
  of(targetId: string, last: LastCheck | undefined): LastDay | undefined {
    const counted = this.counted.get(targetId);
    if (counted === undefined) return undefined;
    const hour = this.hourNow();
    const passed = Math.min(Math.round((hour - counted.hour) / HOUR_MS), HOURS);
    const hours = passed <= 0 ? counted.hours : counted.hours.slice(passed) + '-'.repeat(passed);
    const { uptime24h, p95 } = counted;
    return { uptime24h, p95, hours: last === undefined ? hours : withCheck(hours, hour, last) };
  }

  private hourNow(): number {
    return Math.floor(this.clock.now().getTime() / HOUR_MS) * HOUR_MS;
  }

  private async count(targetIds: readonly string[]): Promise<void> {
    try {
      for (let begin = 0; begin < targetIds.length; begin += AT_A_TIME) {
        await this.countSome(targetIds.slice(begin, begin + AT_A_TIME));
      }
    } catch (error) {
      // The next request has them counted again.
      this.logger.debug(`The last 24 hours could not be counted: ${(error as Error).message}`);
    }
  }

  private async countSome(targetIds: readonly string[]): Promise<void> {
    const [at, hour] = [performance.now(), this.hourNow()];
    const from = new Date(this.clock.now().getTime() - DAY_MS);
    const rows = await this.repository.count(targetIds, from, new Date(hour - (HOURS - 1) * HOUR_MS));
    const found = new Map(rows.map((row) => [row.targetId, row]));
    for (const id of targetIds) {
      const row = found.get(id);
      this.counted.set(id, {
        uptime24h: row === undefined ? null : uptimeOf(row),
        p95: row?.responseTimeP95 ?? null,
        hours: row?.hours ?? '-'.repeat(HOURS),
        hour,
        at,
      });
    }
  }

  private forgetOthers(targetIds: readonly string[]): void {
    if (this.counted.size <= targetIds.length) return;
    this.counted = new Map(
      targetIds.flatMap((id): [string, Counted][] => {
        const counted = this.counted.get(id);
        return counted === undefined ? [] : [[id, counted]];
      }),
    );
  }
}

/** The letters with the last check, which may not be counted yet: the worse one stands. */
function withCheck(hours: string, hour: number, { checkedAt, letter }: LastCheck): string {
  const index = HOURS - 1 - Math.floor((hour + HOUR_MS - 1 - checkedAt.getTime()) / HOUR_MS);
  const counted = hours[index];
  if (counted === undefined || WORSENING.indexOf(letter) <= WORSENING.indexOf(counted)) return hours;
  return hours.slice(0, index) + letter + hours.slice(index + 1);
}
