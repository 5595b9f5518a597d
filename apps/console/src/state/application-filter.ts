import { DAY, now } from '../ui/format.js';
import { type ApplicationRow, CONDITIONS, type EnvironmentRow } from './registry.js';

/** Tokens that a chip writes, with what they mean to people. */
export const CHIPS: readonly (readonly [token: string, label: string])[] = [
  ['is:down', 'down'],
  ['is:degraded', 'degraded'],
  ['is:unknown', 'unknown'],
  ['is:up', 'up'],
  ['is:inactive', 'inactive'],
  ['key:expiring', 'key expires soon'],
  ['key:none', 'no key'],
];

/** A key is told about this long before it expires. */
const EXPIRING = 14 * DAY;

/** Milliseconds until the first key of an environment expires; Infinity: none does. */
export function untilExpiry({ soonestKeyExpiry }: EnvironmentRow): number {
  return soonestKeyExpiry === null ? Infinity : Date.parse(soonestKeyExpiry) - now.value;
}

export function expiresSoon(row: EnvironmentRow): boolean {
  return untilExpiry(row) < EXPIRING;
}

type Test = (application: ApplicationRow) => boolean;

/** The tokens of a filter. */
export function tokensOf(filter: string): string[] {
  return filter.split(/\s+/).filter((token) => token !== '');
}

/** The filter with a token, or without it when it has it. */
export function toggled(filter: string, token: string): string {
  const tokens = tokensOf(filter);
  return (tokens.includes(token) ? tokens.filter((each) => each !== token) : [...tokens, token]).join(' ');
}

/** The applications that match every token; tokens about environments must match the same environment. */
export function filtered(rows: readonly ApplicationRow[], filter: string): ApplicationRow[] {
  const tests = tokensOf(filter.toLowerCase()).map(testOf);
  const ofEnvironments = tests.flatMap((test) => ('environment' in test ? [test.environment] : []));
  const ofApplications = tests.flatMap((test) => ('application' in test ? [test.application] : []));
  return rows.filter(
    (row) =>
      ofApplications.every((test) => test(row)) &&
      (ofEnvironments.length === 0 ||
        row.environments.some((environment) => ofEnvironments.every((test) => test(environment)))),
  );
}

function testOf(
  token: string,
): { readonly application: Test } | { readonly environment: (row: EnvironmentRow) => boolean } {
  const [, kind = '', value = ''] = /^(is|env|key):(.*)$/.exec(token) ?? [];
  if (kind === 'is' && value === 'inactive') return { application: ({ isActive }) => !isActive };
  if (kind === 'is') return { environment: ({ condition }) => condition === value };
  if (kind === 'env') return { environment: ({ name }) => name.toLowerCase() === value };
  if (kind === 'key' && value === 'none') return { environment: ({ keys }) => keys === 0 };
  if (kind === 'key' && value === 'expiring') return { environment: expiresSoon };
  return {
    application: ({ appKey, name }) =>
      appKey.toLowerCase().includes(token) || name.toLowerCase().includes(token),
  };
}

/** Orders of the list, by the value of `sort` in the address; '' is the first. */
const ORDERS: Readonly<Record<string, (one: ApplicationRow, other: ApplicationRow) => number>> = {
  '': (one, other) =>
    CONDITIONS.indexOf(one.condition) - CONDITIONS.indexOf(other.condition) || byName(one, other),
  name: byName,
  uptime: (one, other) => (least(one) ?? 2) - (least(other) ?? 2) || byName(one, other),
  p95: (one, other) => slowest(other) - slowest(one) || byName(one, other),
  endpoints: (one, other) => endpointsOf(other) - endpointsOf(one) || byName(one, other),
  keys: (one, other) => soonest(one) - soonest(other) || byName(one, other),
};

export function sorted(rows: readonly ApplicationRow[], sort: string): ApplicationRow[] {
  return [...rows].sort(ORDERS[sort] ?? ORDERS['']);
}

const collator = new Intl.Collator('en', { numeric: true });

function byName(one: ApplicationRow, other: ApplicationRow): number {
  return collator.compare(one.name, other.name);
}

/** The uptime of the worst environment. */
export function least({ environments }: ApplicationRow): number | null {
  const known = environments.flatMap(({ uptime24h }) => uptime24h ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

function slowest({ environments }: ApplicationRow): number {
  return Math.max(-1, ...environments.flatMap(({ p95 }) => p95 ?? []));
}

export function endpointsOf({ environments }: ApplicationRow): number {
  return environments.reduce((sum, { endpoints }) => sum + endpoints, 0);
}

function soonest({ environments }: ApplicationRow): number {
  return Math.min(Infinity, ...environments.map(untilExpiry));
}

/** Names of environments that have a column of their own: the most frequent. */
export function columnsOf(rows: readonly ApplicationRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { environments } of rows) {
    for (const { name } of environments) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 4)
    .map(([name]) => name);
}
