import type { HealthStatus, Status } from '#libs/domain/status.js';
import type { LastCheck, LastDaysService } from '../monitoring/last-days.service.js';
import type { OverviewRow } from './overview.repository.js';

/** An environment as it is answered: times as text, to the second. */
export interface OverviewEnvironment {
  readonly name: string;
  readonly status: Status;
  readonly health: HealthStatus;
  readonly changedAt: string | null;
  readonly checkedAt: string | null;
  readonly uptime24h: number | null;
  readonly p95: number | null;
  readonly hours: string | null;
  readonly endpoints: number;
  readonly keys: number;
  readonly soonestKeyExpiry: string | null;
}

/** An application of the overview, and its place in the list. */
export interface OverviewApplication {
  readonly appKey: string;
  readonly name: string;
  readonly status: Status;
  readonly health: HealthStatus;
  readonly createdAt: number;
  readonly id: string;
  readonly environments: readonly OverviewEnvironment[];
}

/** @param rows of one application */
export function applicationOf(
  rows: readonly [OverviewRow, ...OverviewRow[]],
  lastDays: LastDaysService,
): OverviewApplication {
  const [{ appKey, name, status, health, createdAt, id }] = rows;
  const environments = rows.flatMap((row) => environmentOf(row, lastDays) ?? []);
  return { appKey, name, status, health, createdAt, id, environments };
}

/** The order of the list. */
export function compareApplications(one: OverviewApplication, other: OverviewApplication): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}

function environmentOf(row: OverviewRow, lastDays: LastDaysService): OverviewEnvironment | undefined {
  if (row.environmentId === null) return undefined;
  const day = lastDays.of(row.environmentId, lastCheckOf(row));
  return {
    name: row.environment,
    status: row.environmentStatus,
    health: row.environmentHealth,
    changedAt: second(row.changedAt),
    checkedAt: second(row.checkedAt),
    uptime24h: rounded(day?.uptime24h, 4),
    p95: rounded(day?.p95, 3),
    hours: day?.hours ?? null,
    endpoints: row.endpoints,
    keys: row.keys,
    soonestKeyExpiry: second(row.soonestKeyExpiry),
  };
}

/** An error sets both counters to zero. */
function lastCheckOf({ probedAt, failures, successes }: OverviewRow): LastCheck | undefined {
  if (probedAt === null) return undefined;
  return { checkedAt: new Date(probedAt), letter: failures > 0 ? 'f' : successes > 0 ? 'u' : 'e' };
}

/** Milliseconds would be a fifth of the compressed answer. */
function second(time: number | null): string | null {
  return time === null ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function rounded(value: number | null | undefined, digits: number): number | null {
  return value == null ? null : Number(value.toFixed(digits));
}
