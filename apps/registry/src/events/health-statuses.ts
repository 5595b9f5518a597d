import type { Bindings } from '#libs/access/bindings.js';
import type { HealthStatus } from '#libs/domain/status.js';
import type { StatusRow } from './health-statuses.repository.js';

type Statuses = ReadonlyMap<string, HealthStatus>;

const NONE: Statuses = new Map();

/** A health status that is not what it was. */
interface HealthChange {
  readonly environment: string;
  readonly from: HealthStatus;
  readonly to: HealthStatus;
}

/** What changed of an application, and who may know. */
export interface ApplicationChange {
  readonly appKey: string;
  readonly health: readonly HealthChange[];
  isVisibleTo(bindings: Bindings): boolean;
}

/** The health of all environments as it was told last: what a change is compared with. */
export class HealthStatuses {
  private readonly known = new Map<string, Statuses>();

  /** Takes in the statuses of these applications, and says what changed of each. */
  changes(appKeys: Iterable<string>, rows: readonly StatusRow[]): ApplicationChange[] {
    const now = byApplication(rows);
    return [...appKeys].map((appKey) => {
      const [before, after] = [this.known.get(appKey) ?? NONE, now.get(appKey)];
      if (after === undefined) this.known.delete(appKey);
      else this.known.set(appKey, after);
      return changeOf(appKey, before, after ?? NONE);
    });
  }

  /** Takes in the statuses of all applications. */
  replace(rows: readonly StatusRow[]): void {
    this.known.clear();
    for (const [appKey, statuses] of byApplication(rows)) this.known.set(appKey, statuses);
  }
}

function changeOf(appKey: string, before: Statuses, after: Statuses): ApplicationChange {
  const health = [...after].flatMap(([environment, to]) => {
    const from = before.get(environment) ?? 'UNKNOWN';
    return from === to ? [] : [{ environment, from, to }];
  });
  const environments = [...before.keys(), ...after.keys()];
  return {
    appKey,
    health,
    isVisibleTo: (bindings) => bindings.includesApplicationWith(appKey, environments),
  };
}

function byApplication(rows: readonly StatusRow[]): Map<string, Map<string, HealthStatus>> {
  const applications = new Map<string, Map<string, HealthStatus>>();
  for (const { appKey, environment, health } of rows) {
    const statuses = applications.get(appKey) ?? new Map<string, HealthStatus>();
    applications.set(appKey, statuses);
    if (environment !== null) statuses.set(environment, health);
  }
  return applications;
}
