import type { Bindings } from '#libs/access/bindings.js';
import { inSlices } from '#libs/event-loop/slices.js';
import type { OverviewState } from './overview-memory.js';
import type { OverviewApplication, OverviewEnvironment } from './overview-rows.js';

/** The lists of the answer, in its order, besides the one of applications. */
const COLUMNS = [
  'name',
  'status',
  'health',
  'changedAt',
  'checkedAt',
  'uptime24h',
  'p95',
  'hours',
  'endpoints',
  'keys',
  'soonestKeyExpiry',
] as const satisfies readonly (keyof OverviewEnvironment)[];

/**
 * The JSON of what an operator of these bindings sees, in parts. Equal properties follow each other: half of what objects
 * take, and a quarter less when compressed.
 */
export async function overviewJson(
  { applications, hasFigures, hour }: OverviewState,
  bindings: Bindings,
): Promise<string[]> {
  const shown: object[] = [];
  const indexes: number[] = [];
  const environments: OverviewEnvironment[] = [];
  for (const application of applications) {
    const seen = environmentsWithin(application, bindings);
    if (seen === undefined) continue;
    const { appKey, name, status, health } = application;
    for (const environment of seen) {
      indexes.push(shown.length);
      environments.push(environment);
    }
    shown.push({ appKey, name, status, health });
  }
  const parts = [
    `{"hour":${JSON.stringify(hour)},"hasFigures":${JSON.stringify(hasFigures)},"applications":`,
    JSON.stringify(shown),
    `,"environments":{"application":${JSON.stringify(indexes)}`,
  ];
  await inSlices(COLUMNS, (column) => {
    parts.push(`,"${column}":`, JSON.stringify(environments.map((environment) => environment[column])));
  });
  return [...parts, '}}'];
}

/** undefined: the operator does not see the application. */
function environmentsWithin(
  { appKey, environments }: OverviewApplication,
  bindings: Bindings,
): readonly OverviewEnvironment[] | undefined {
  if (bindings.areNone) return environments;
  const names = environments.map(({ name }) => name);
  if (!bindings.includesApplicationWith(appKey, names)) return undefined;
  return environments.filter(({ name }) => bindings.includesEnvironment(name));
}
