import type { Command } from 'commander';
import { Failure } from '../failure.js';
import { examples } from '../help.js';
import { positiveNumber } from '../option-values.js';
import { type RegistryClient, segment } from '../registry/registry-client.js';
import type {
  Application,
  ApplicationHealth,
  CheckOutcome,
  HealthCheckLog,
  HealthPoint,
} from '../registry/shapes.js';
import { Session } from '../session.js';

const DEFAULT_LIMIT = 20;

interface LogOptions {
  readonly environment?: string;
  readonly status?: string;
  readonly limit: number;
}

interface HistoryOptions {
  readonly environment?: string;
  readonly resolution?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `health show|check|logs|history`. */
export function addHealthCommands(root: Command): void {
  const health = root.command('health').description('health of applications');
  addShow(health);
  addCheck(health);
  addLogs(health);
  addHistory(health);
}

function addShow(health: Command): void {
  health
    .command('show')
    .description('health, uptime and response times of an application and its environments')
    .argument('<appKey>')
    .addHelpText('after', examples('health show orders', 'health show orders --json'))
    .action(async (appKey: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const found = await registry.get<ApplicationHealth>(pathOf(appKey));
      if (output.writesJson) {
        output.one(found, {});
        return;
      }
      output.list([{ ...found, name: '(application)' }, ...found.environments], {
        TARGET: ({ name }) => name,
        HEALTH: ({ healthStatus }) => healthStatus,
        'LAST CHECK': ({ lastHealthCheckAt }) => lastHealthCheckAt,
        '24 H': ({ uptime }) => percent(uptime.last24Hours),
        '7 D': ({ uptime }) => percent(uptime.last7Days),
        '30 D': ({ uptime }) => percent(uptime.last30Days),
        '90 D': ({ uptime }) => percent(uptime.last90Days),
        P95: ({ responseTimeP95 }) => seconds(responseTimeP95),
      });
    });
}

function addCheck(health: Command): void {
  health
    .command('check')
    .description('probe an application and its environments now; the outcome counts as any other')
    .argument('<appKey>')
    .addHelpText('after', examples('health check orders', 'health check orders --json'))
    .action(async (appKey: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const outcome = await registry.post<CheckOutcome>(`${pathOf(appKey)}/check`);
      if (output.writesJson) {
        output.one(outcome, {});
        return;
      }
      output.list(outcome.checks, {
        TARGET: ({ environment }) => environment ?? '(application)',
        OUTCOME: ({ status }) => status,
        HTTP: ({ statusCode }) => statusCode,
        TIME: ({ responseTime }) => seconds(responseTime),
        HEALTH: ({ healthStatus }) => healthStatus,
        URL: ({ url }) => url,
        MESSAGE: ({ message }) => message,
      });
    });
}

function addLogs(health: Command): void {
  health
    .command('logs')
    .description('single health checks of an application, newest first')
    .argument('<appKey>')
    .option('--environment <name>', 'only those of this environment')
    .option('--status <status>', 'only those that ended so: success, failure or error')
    .option('--limit <count>', 'how many at most', positiveNumber, DEFAULT_LIMIT)
    .addHelpText(
      'after',
      examples(
        'health logs orders',
        'health logs orders --environment production --status failure --limit 100',
      ),
    )
    .action(async (appKey: string, options: LogOptions, command: Command) => {
      const { registry, output } = await Session.open(command);
      const environments = await environmentsOf(registry, appKey);
      const query = { environment_id: environments.idOf(options.environment), status: options.status };
      output.list(
        await registry.list<HealthCheckLog>(`${pathOf(appKey)}/logs`, { query, most: options.limit }),
        {
          TIME: ({ checkedAt }) => checkedAt,
          TARGET: ({ environmentId }) => environments.nameOf(environmentId),
          OUTCOME: ({ status }) => status,
          HTTP: ({ statusCode }) => statusCode,
          TOOK: ({ responseTime }) => seconds(responseTime),
          MESSAGE: ({ message }) => message,
        },
      );
    });
}

function addHistory(health: Command): void {
  health
    .command('history')
    .description('figures of an application by hour or day, oldest first')
    .argument('<appKey>')
    .option('--environment <name>', 'only those of this environment')
    .option('--resolution <unit>', 'hour or day; hours when left out')
    .option('--from <time>', 'begin there; 24 hours or 30 days back when left out')
    .option('--to <time>', 'end there; now when left out')
    .addHelpText(
      'after',
      examples('health history orders', 'health history orders --resolution day --from 2026-01-01T00:00:00Z'),
    )
    .action(async (appKey: string, options: HistoryOptions, command: Command) => {
      const { registry, output } = await Session.open(command);
      const { environment, resolution, from, to } = options;
      const environments = await environmentsOf(registry, appKey);
      const query = { environment_id: environments.idOf(environment), resolution, from, to };
      output.list(await registry.get<HealthPoint[]>(`${pathOf(appKey)}/history`, query), {
        START: ({ start }) => start,
        TARGET: ({ environmentId }) => environments.nameOf(environmentId),
        PROBES: ({ probes }) => probes,
        FAILURES: ({ failures }) => failures,
        ERRORS: ({ errors }) => errors,
        UPTIME: ({ uptime }) => percent(uptime),
        P50: ({ responseTimeP50 }) => seconds(responseTimeP50),
        P95: ({ responseTimeP95 }) => seconds(responseTimeP95),
        MAX: ({ responseTimeMax }) => seconds(responseTimeMax),
      });
    });
}

/** Names of an application's environments by their target ids. */
interface EnvironmentNames {
  /** @throws Failure when the application has no environment of the name */
  idOf(name: string | undefined): string | undefined;
  nameOf(id: string | null): string;
}

async function environmentsOf(registry: RegistryClient, appKey: string): Promise<EnvironmentNames> {
  const { environments = [] } = await registry.get<Application>(`/applications/${segment(appKey)}`);
  return {
    idOf: (name) => {
      if (name === undefined) return undefined;
      const found = environments.find((environment) => environment.name === name);
      if (found === undefined) throw new Failure(`Environment not found: ${appKey} has no ${name}.`);
      return found.id;
    },
    // An environment deleted meanwhile is shown by its id.
    nameOf: (id) =>
      id === null ? '(application)' : (environments.find((environment) => environment.id === id)?.name ?? id),
  };
}

function pathOf(appKey: string): string {
  return `/health-check/applications/${segment(appKey)}`;
}

function percent(share: number | null): string | null {
  return share === null ? null : `${(share * 100).toFixed(2)} %`;
}

function seconds(value: number | null): string | null {
  return value === null ? null : `${value.toFixed(3)} s`;
}
