import type { Command } from 'commander';
import { WrongUsage } from '../failure.js';
import { examples } from '../help.js';
import {
  cleared,
  dryRunOption,
  type RemovalOptions,
  type WriteOptions,
  yesOption,
} from '../option-values.js';
import { segment } from '../registry/registry-client.js';
import type { ApiKey, Discovery, Environment } from '../registry/shapes.js';
import { Session } from '../session.js';

interface EnvironmentOptions extends WriteOptions {
  readonly baseDomain?: string;
  readonly description?: string;
}

interface UpdateOptions extends EnvironmentOptions {
  readonly status?: string;
}

/** `environments list|create|show|update|rename|delete`. */
export function addEnvironmentCommands(root: Command): void {
  const environments = root.command('environments').description('environments of an application');
  addList(environments);
  addCreate(environments);
  addShow(environments);
  addUpdate(environments);
  addRename(environments);
  addDelete(environments);
}

function addList(environments: Command): void {
  environments
    .command('list')
    .description('all environments of an application')
    .argument('<appKey>')
    .addHelpText('after', examples('environments list orders', 'environments list orders --json'))
    .action(async (appKey: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      output.list(await registry.list<Environment>(pathOf(appKey)), {
        NAME: ({ name }) => name,
        'BASE DOMAIN': ({ baseDomain }) => baseDomain,
        STATUS: ({ status }) => status,
        HEALTH: ({ healthStatus }) => healthStatus,
      });
    });
}

function addCreate(environments: Command): void {
  environments
    .command('create')
    .description('create an environment')
    .argument('<appKey>')
    .argument('<environment>')
    .option('--base-domain <host>', 'where its endpoints are served; https unless it carries a scheme')
    .option('--description <text>', 'what it is for')
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'environments create orders staging --base-domain staging.orders.example.com',
        'environments create orders staging --dry-run',
      ),
    )
    .action(async (appKey: string, name: string, options: EnvironmentOptions, command: Command) => {
      const session = await Session.open(command);
      const { baseDomain, description } = options;
      const created = await session.change<Environment>(
        { method: 'POST', path: pathOf(appKey), body: { name, baseDomain, description } },
        options,
      );
      if (created !== undefined) session.output.done(`Created ${created.name} of ${appKey}.`, created);
    });
}

function addShow(environments: Command): void {
  environments
    .command('show')
    .description('one environment')
    .argument('<appKey>')
    .argument('<environment>')
    .addHelpText('after', examples('environments show orders production'))
    .action(async (appKey: string, name: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const environment = await registry.get<Environment>(pathOf(appKey, name));
      output.one(environment, {
        name: environment.name,
        description: environment.description,
        'base domain': environment.baseDomain,
        status: environment.status,
        health: environment.healthStatus,
      });
    });
}

function addUpdate(environments: Command): void {
  environments
    .command('update')
    .description('change an environment; what is not named stays, and an empty text clears')
    .argument('<appKey>')
    .argument('<environment>')
    .option('--base-domain <host>', 'where its endpoints are served; https unless it carries a scheme')
    .option('--description <text>', 'what it is for')
    .option('--status <status>', 'active, or inactive: its API keys are refused')
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'environments update orders production --base-domain orders.example.com',
        'environments update orders staging --status inactive',
      ),
    )
    .action(async (appKey: string, name: string, options: UpdateOptions, command: Command) => {
      const { baseDomain, description, status } = options;
      if ([baseDomain, description, status].every((value) => value === undefined)) {
        throw new WrongUsage('Nothing to change: say --base-domain, --description or --status.');
      }
      const session = await Session.open(command);
      const body = {
        baseDomain: cleared(baseDomain),
        description: cleared(description),
        status: status?.toUpperCase(),
      };
      const changed = await session.change<Environment>(
        { method: 'PUT', path: pathOf(appKey, name), body },
        options,
      );
      if (changed !== undefined) session.output.done(`Changed ${changed.name} of ${appKey}.`, changed);
    });
}

function addRename(environments: Command): void {
  environments
    .command('rename')
    .description('give an environment another name; its endpoints, API keys and history stay')
    .argument('<appKey>')
    .argument('<environment>', 'the name it has')
    .argument('<newName>', 'the name it gets; the old one means nothing any more')
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'environments rename orders staging acceptance',
        'environments rename orders staging acceptance --dry-run',
      ),
    )
    .action(
      async (appKey: string, name: string, newName: string, options: WriteOptions, command: Command) => {
        const session = await Session.open(command);
        const renamed = await session.change<Environment>(
          { method: 'POST', path: `${pathOf(appKey, name)}/rename`, body: { name: newName } },
          options,
        );
        if (renamed !== undefined) {
          session.output.done(`Renamed ${name} of ${appKey} to ${renamed.name}.`, renamed);
        }
      },
    );
}

function addDelete(environments: Command): void {
  environments
    .command('delete')
    .description('delete an environment with its endpoints and API keys')
    .argument('<appKey>')
    .argument('<environment>')
    .addOption(yesOption())
    .addOption(dryRunOption('say what would be deleted, and delete nothing'))
    .addHelpText(
      'after',
      examples('environments delete orders staging --dry-run', 'environments delete orders staging --yes'),
    )
    .action(async (appKey: string, name: string, options: RemovalOptions, command: Command) => {
      const session = await Session.open(command);
      const { registry } = session;
      const path = pathOf(appKey, name);
      const [{ answer: environment, tag }, { endpoints }, keys] = await Promise.all([
        registry.read<Environment>(path),
        registry.get<Discovery>('/endpoints', { app_key: appKey, environment: name }),
        registry.list<ApiKey>(`${path}/api-keys`),
      ]);
      await session.remove(
        {
          verb: 'Delete',
          named: `${environment.name} of ${appKey} with its endpoints (${endpoints.length}) and API keys (${keys.length})`,
          thing: environment,
          path,
          tag,
        },
        options,
      );
    });
}

function pathOf(appKey: string, environment?: string): string {
  const all = `/applications/${segment(appKey)}/environments`;
  return environment === undefined ? all : `${all}/${segment(environment)}`;
}
