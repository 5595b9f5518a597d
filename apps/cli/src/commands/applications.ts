import type { Command } from 'commander';
import { AUTHENTICATION_METHODS } from '#libs/domain/authentication-methods.js';
import { WrongUsage } from '../failure.js';
import { examples } from '../help.js';
import {
  cleared,
  collected,
  dryRunOption,
  type RemovalOptions,
  type WriteOptions,
  yesOption,
} from '../option-values.js';
import { segment } from '../registry/registry-client.js';
import type { Application, FormerAppKey, SingleApplication } from '../registry/shapes.js';
import { Session } from '../session.js';
import { addApplicationRename } from './rename-application.js';

const METHOD_HELP = `how it authenticates its callers; clients know ${AUTHENTICATION_METHODS.join(', ')}`;

interface CreateOptions extends WriteOptions {
  readonly name: string;
  readonly description?: string;
  readonly healthCheckUrl?: string;
  readonly authenticationMethod?: string;
  readonly owner?: string;
  readonly environment?: readonly string[];
}

interface UpdateOptions extends WriteOptions {
  readonly name?: string;
  readonly description?: string;
  readonly healthCheckUrl?: string;
  readonly authenticationMethod?: string;
  readonly owner?: string;
  readonly status?: string;
}

/** `apps list|create|show|update|rename|delete`. */
export function addApplicationCommands(root: Command): void {
  const apps = root.command('apps').description('applications');
  addList(apps);
  addCreate(apps);
  addShow(apps);
  addUpdate(apps);
  addApplicationRename(apps);
  addDelete(apps);
}

function addList(apps: Command): void {
  apps
    .command('list')
    .description('all applications')
    .addHelpText('after', examples('apps list', 'apps list --json'))
    .action(async (_options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      output.list(await registry.list<Application>('/applications'), {
        'APP KEY': ({ appKey }) => appKey,
        NAME: ({ name }) => name,
        STATUS: ({ status }) => status,
        HEALTH: ({ healthStatus }) => healthStatus,
      });
    });
}

function addCreate(apps: Command): void {
  apps
    .command('create')
    .description('create an application with its environments')
    .argument('[appKey]', 'its name for machines; made from the name when left out')
    .requiredOption('--name <name>', 'its name for people')
    .option('--description <text>', 'what it does; agents read it')
    .option(
      '--health-check-url <url>',
      'an absolute URL, or a path below the base domain of each environment',
    )
    .option('--authentication-method <word>', METHOD_HELP)
    .option('--owner <text>', 'who answers for it')
    .option(
      '--environment <name[=baseDomain]>',
      'an environment to begin with; may be given again; just production when left out',
      collected,
    )
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'apps create --name "Order Service"',
        'apps create orders --name Orders --environment staging --environment production=orders.example.com',
      ),
    )
    .action(async (appKey: string | undefined, options: CreateOptions, command: Command) => {
      const session = await Session.open(command);
      const { name, description, healthCheckUrl, authenticationMethod, owner } = options;
      const environments = options.environment?.map(namedEnvironment);
      const body = {
        appKey,
        name,
        description,
        healthCheckUrl,
        authenticationMethod,
        owner,
        environments,
      };
      const created = await session.change<Application>(
        { method: 'POST', path: '/applications', body },
        options,
      );
      if (created === undefined) return;
      session.output.done(`Created ${created.appKey} with ${environmentsOf(created)}.`, created);
    });
}

function addShow(apps: Command): void {
  apps
    .command('show')
    .description('one application, with its environments')
    .argument('<appKey>')
    .addHelpText('after', examples('apps show orders', 'apps show orders --json'))
    .action(async (appKey: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const application = await registry.get<SingleApplication>(pathOf(appKey));
      const former = application.formerAppKeys ?? [];
      output.one(application, {
        'app key': application.appKey,
        name: application.name,
        description: application.description,
        owner: application.owner,
        'authentication method': application.authenticationMethod,
        status: application.status,
        health: application.healthStatus,
        'health check': application.healthCheckUrl,
        environments: application.environments?.map(({ name }) => name).join(', '),
        ...(former.length > 0 && { 'former app keys': former.map(untilItsEnd).join(', ') }),
      });
    });
}

function addUpdate(apps: Command): void {
  apps
    .command('update')
    .description('change an application; what is not named stays, and an empty text clears')
    .argument('<appKey>')
    .option('--name <name>', 'its name for people')
    .option('--description <text>', 'what it does; agents read it')
    .option(
      '--health-check-url <url>',
      'an absolute URL, or a path below the base domain of each environment',
    )
    .option('--authentication-method <word>', METHOD_HELP)
    .option('--owner <text>', 'who answers for it')
    .option('--status <status>', 'active, or inactive: its API keys are refused')
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'apps update orders --description "Takes and tracks orders" --health-check-url /actuator/health',
        'apps update orders --status inactive',
      ),
    )
    .action(async (appKey: string, options: UpdateOptions, command: Command) => {
      const { name, description, healthCheckUrl, authenticationMethod, owner, status } = options;
      const changes = [name, description, healthCheckUrl, authenticationMethod, owner, status];
      if (changes.every((value) => value === undefined)) {
        throw new WrongUsage(
          'Nothing to change: say --name, --description, --health-check-url, --authentication-method, --owner or --status.',
        );
      }
      const session = await Session.open(command);
      const body = {
        name,
        description: cleared(description),
        healthCheckUrl: cleared(healthCheckUrl),
        authenticationMethod,
        owner: cleared(owner),
        status: status?.toUpperCase(),
      };
      const changed = await session.change<Application>(
        { method: 'PUT', path: pathOf(appKey), body },
        options,
      );
      if (changed !== undefined) session.output.done(`Changed ${changed.appKey}.`, changed);
    });
}

function addDelete(apps: Command): void {
  apps
    .command('delete')
    .description('delete an application with everything below it')
    .argument('<appKey>')
    .addOption(yesOption())
    .addOption(dryRunOption('say what would be deleted, and delete nothing'))
    .addHelpText('after', examples('apps delete orders --dry-run', 'apps delete orders --yes'))
    .action(async (appKey: string, options: RemovalOptions, command: Command) => {
      const session = await Session.open(command);
      const { answer: application, tag } = await session.registry.read<Application>(pathOf(appKey));
      await session.remove(
        {
          verb: 'Delete',
          named: `${application.appKey} with ${environmentsOf(application)} and all their endpoints and API keys`,
          thing: application,
          path: pathOf(appKey),
          tag,
        },
        options,
      );
    });
}

function pathOf(appKey: string): string {
  return `/applications/${segment(appKey)}`;
}

function untilItsEnd({ appKey, expiresAt }: FormerAppKey): string {
  return `${appKey} (until ${expiresAt})`;
}

function namedEnvironment(text: string): { name: string; baseDomain?: string } {
  const [name = '', ...rest] = text.split('=');
  return rest.length === 0 ? { name } : { name, baseDomain: rest.join('=') };
}

function environmentsOf({ environments = [] }: Application): string {
  const names = environments.map(({ name }) => name);
  if (names.length === 0) return 'no environment';
  return `the environment${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
