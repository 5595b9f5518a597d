import { computed, effect, signal } from '@preact/signals';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import type { components } from '../api/schema.js';
import { ended, session } from './session.js';

type OverviewAnswer = components['schemas']['OverviewResponse'];

/** The worst first. */
export const CONDITIONS = ['down', 'degraded', 'unknown', 'up'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Below it an environment is degraded, as on the command line. */
const GOOD_UPTIME = 0.99;

/** An environment as the overview has it. */
export interface EnvironmentRow {
  readonly appKey: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly condition: Condition;
  readonly changedAt: string | null;
  readonly checkedAt: string | null;
  readonly uptime24h: number | null;
  readonly p95: number | null;
  /** A letter for each of 24 hours: u, f, e or -. */
  readonly hours: string | null;
  readonly endpoints: number;
  readonly keys: number;
  readonly soonestKeyExpiry: string | null;
}

/** An application with its environments. */
export interface ApplicationRow {
  readonly appKey: string;
  readonly name: string;
  readonly isActive: boolean;
  /** That of the worst environment. */
  readonly condition: Condition;
  readonly environments: readonly EnvironmentRow[];
}

const answer = signal<OverviewAnswer | undefined>(undefined);
let entityTag: string | null = null;
let asking: Promise<void> | undefined;
let isAskedAgain = false;

/** When the overview was read last; undefined: not yet. */
export const readAt = signal<Date | undefined>(undefined);

/** Why it could not be read the last time; what was read before stays. */
export const registryProblem = signal<Problem | undefined>(undefined);

/** All applications; undefined: not read yet. */
export const applications = computed(() => answer.value && rowsOf(answer.value));

/** All environments. */
export const environments = computed(
  () => applications.value?.flatMap(({ environments: rows }) => rows) ?? [],
);

/** An environment of the overview; undefined: it has none of that name, or was not read yet. */
export function environmentRow(appKey: string, name: string | undefined): EnvironmentRow | undefined {
  return environments.value.find((row) => row.appKey === appKey && row.name === name);
}

/** Whether the figures of the last 24 hours are there. */
export const hasFigures = computed(() => answer.value?.hasFigures === true);

// What one operator has read is not for the next one.
let reader: string | undefined;
effect(() => {
  const operator = (session.value ?? ended.value)?.operator;
  if (operator === reader) return;
  reader = operator;
  answer.value = undefined;
  entityTag = null;
});

/** Reads the overview, or learns that it is the same. Calls while it is read are one more reading. */
export function refreshOverview(): Promise<void> {
  if (asking !== undefined) {
    isAskedAgain = true;
    return asking;
  }
  asking = read().finally(() => {
    asking = undefined;
    if (!isAskedAgain) return;
    isAskedAgain = false;
    void refreshOverview();
  });
  return asking;
}

async function read(): Promise<void> {
  const headers: Record<string, string> = entityTag === null ? {} : { 'If-None-Match': entityTag };
  try {
    const { data, response } = await api.GET('/overview', { headers });
    if (data !== undefined) {
      answer.value = data;
      entityTag = response.headers.get('etag');
    }
    readAt.value = new Date();
    registryProblem.value = undefined;
  } catch (error) {
    registryProblem.value = Problem.from(error);
  }
}

function rowsOf({ applications: owners, environments: columns }: OverviewAnswer): ApplicationRow[] {
  const rows = owners.map(({ appKey, name, status }) => ({
    appKey,
    name,
    isActive: status === 'ACTIVE',
    environments: [] as EnvironmentRow[],
  }));
  columns.application.forEach((owner, index) => {
    const row = rows[owner];
    if (row === undefined) return;
    const uptime24h = columns.uptime24h[index] ?? null;
    row.environments.push({
      appKey: row.appKey,
      name: columns.name[index] ?? '',
      isActive: columns.status[index] === 'ACTIVE',
      condition: conditionOf(columns.health[index], uptime24h),
      changedAt: columns.changedAt[index] ?? null,
      checkedAt: columns.checkedAt[index] ?? null,
      uptime24h,
      p95: columns.p95[index] ?? null,
      hours: columns.hours[index] ?? null,
      endpoints: columns.endpoints[index] ?? 0,
      keys: columns.keys[index] ?? 0,
      soonestKeyExpiry: columns.soonestKeyExpiry[index] ?? null,
    });
  });
  return rows.map((row) => ({ ...row, condition: worst(row.environments) }));
}

function conditionOf(health: string | undefined, uptime24h: number | null): Condition {
  if (health === 'INACTIVE') return 'down';
  if (health !== 'ACTIVE') return 'unknown';
  return uptime24h !== null && uptime24h < GOOD_UPTIME ? 'degraded' : 'up';
}

function worst(rows: readonly EnvironmentRow[]): Condition {
  return CONDITIONS.find((condition) => rows.some((row) => row.condition === condition)) ?? 'unknown';
}
