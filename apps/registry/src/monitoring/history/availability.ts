import { HOUR_MS } from '#libs/units/durations.js';
import type { Availability, Windows } from './health-figures.repository.js';

const HOURLY_WINDOWS = { last7Days: 7, last30Days: 30, last90Days: 90 };

/** The share of probes that succeeded, by window: 0 to 1, null without probes. */
interface Uptime {
  readonly last24Hours: number | null;
  readonly last7Days: number | null;
  readonly last30Days: number | null;
  readonly last90Days: number | null;
}

export interface UptimeAndResponseTime {
  readonly uptime: Uptime;
  /** Seconds, over the last 24 hours. */
  readonly responseTimeP95: number | null;
}

/** The windows of {@link Uptime}. The longer ones begin at a full hour. */
export function windowsAt(now: Date): Windows {
  const hoursAgo = (hours: number): number => now.getTime() - hours * HOUR_MS;
  return {
    exact: ['last24Hours', new Date(hoursAgo(24))],
    hourly: Object.entries(HOURLY_WINDOWS).map(([name, days]) => [
      name,
      new Date(Math.floor(hoursAgo(24 * days) / HOUR_MS) * HOUR_MS),
    ]),
  };
}

/** Rounded to six digits. */
export function uptimeOf({ probes, failures }: Pick<Availability, 'probes' | 'failures'>): number | null {
  return probes === 0 ? null : Math.round((1 - failures / probes) * 1e6) / 1e6;
}

/** Counts by target. */
export class Availabilities {
  private readonly byTarget = new Map<string, Map<string, Availability>>();

  constructor(counted: readonly Availability[]) {
    for (const availability of counted) {
      const windows = this.byTarget.get(availability.targetId) ?? new Map<string, Availability>();
      this.byTarget.set(availability.targetId, windows.set(availability.window, availability));
    }
  }

  of(targetId: string): UptimeAndResponseTime {
    return this.worstOf([targetId]);
  }

  /** The lowest uptime of each window, and the highest response time. */
  worstOf(targetIds: readonly string[]): UptimeAndResponseTime {
    const all = (window: keyof Uptime): Availability[] =>
      targetIds.flatMap((id) => this.byTarget.get(id)?.get(window) ?? []);
    const lowest = (window: keyof Uptime): number | null => extreme(Math.min, all(window).map(uptimeOf));
    return {
      uptime: {
        last24Hours: lowest('last24Hours'),
        last7Days: lowest('last7Days'),
        last30Days: lowest('last30Days'),
        last90Days: lowest('last90Days'),
      },
      responseTimeP95: extreme(
        Math.max,
        all('last24Hours').map(({ responseTimeP95 }) => responseTimeP95),
      ),
    };
  }
}

function extreme(
  choose: (...numbers: number[]) => number,
  numbers: readonly (number | null)[],
): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : choose(...known);
}
