import type { Command } from 'commander';
import { examples } from '../help.js';
import type { Overview, OverviewEnvironment } from '../registry/shapes.js';
import { Session } from '../session.js';

/** Below it an environment is degraded. */
const GOOD_UPTIME = 0.99;

const CONDITIONS = ['down', 'degraded', 'unknown', 'up'] as const;
type Condition = (typeof CONDITIONS)[number];

interface Row extends OverviewEnvironment {
  readonly appKey: string;
  readonly condition: Condition;
}

interface OverviewOptions {
  readonly all?: boolean;
}

/** `overview`. */
export function addOverviewCommand(root: Command): void {
  root
    .command('overview')
    .description('all environments at once: what is down first, then what is degraded or unknown')
    .option('--all', 'list the environments that are up, too')
    .addHelpText('after', examples('overview', 'overview --all', 'overview --json'))
    .action(async ({ all }: OverviewOptions, command: Command) => {
      const { registry, output } = await Session.open(command);
      const overview = await registry.get<Overview>('/overview');
      if (output.writesJson) {
        output.finish(overview);
        return;
      }
      const rows = rowsOf(overview);
      const shown = rows.filter(({ condition }) => all === true || condition !== 'up');
      output.lines([summary(rows)]);
      if (shown.length === 0) return;
      output.list(shown, {
        STATE: ({ condition }) => condition,
        APPLICATION: ({ appKey }) => appKey,
        ENVIRONMENT: ({ name }) => name,
        SINCE: ({ changedAt }) => changedAt,
        '24 H': ({ uptime24h }) => percent(uptime24h),
        P95: ({ p95 }) => (p95 === null ? null : `${Math.round(p95 * 1000)} ms`),
        HOURS: ({ hours }) => hours,
        ENDPOINTS: ({ endpoints }) => endpoints,
        KEYS: ({ keys }) => keys,
      });
    });
}

/** The worst first, then in the order of the registry. */
function rowsOf({ applications, environments }: Overview): Row[] {
  const { application, ...columns } = environments;
  const rows = application.map((index, row): Row => {
    const values = Object.entries(columns).map(([name, values]) => [name, values[row]]);
    const environment = Object.fromEntries(values) as OverviewEnvironment;
    const { appKey = '' } = applications[index] ?? {};
    return { ...environment, appKey, condition: conditionOf(environment) };
  });
  return CONDITIONS.flatMap((condition) => rows.filter((row) => row.condition === condition));
}

function conditionOf({ health, uptime24h }: OverviewEnvironment): Condition {
  if (health === 'INACTIVE') return 'down';
  if (health === 'UNKNOWN') return 'unknown';
  return uptime24h !== null && uptime24h < GOOD_UPTIME ? 'degraded' : 'up';
}

function summary(rows: readonly Row[]): string {
  const parts = CONDITIONS.flatMap((condition) => {
    const count = rows.filter((row) => row.condition === condition).length;
    return count === 0 ? [] : [`${count} ${condition}`];
  });
  const all = rows.length === 1 ? '1 environment' : `${rows.length} environments`;
  return parts.length === 0 ? `${all}.` : `${all}: ${parts.join(', ')}.`;
}

function percent(share: number | null): string | null {
  return share === null ? null : `${Math.floor(share * 10_000) / 100} %`;
}
