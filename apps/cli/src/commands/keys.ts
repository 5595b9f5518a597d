import type { Command } from 'commander';
import { Failure, WrongUsage } from '../failure.js';
import { examples } from '../help.js';
import { dryRunOption, type RemovalOptions, yesOption } from '../option-values.js';
import { segment } from '../registry/registry-client.js';
import type { ApiKey, IssuedApiKey, ListedApiKey } from '../registry/shapes.js';
import { Session } from '../session.js';
import {
  type ExpiryOptions,
  handOver,
  keyState,
  type RotationOptions,
  withExpiry,
  withRotation,
} from './issued-keys.js';

interface ListOptions {
  readonly all?: boolean;
  readonly state?: string;
}

interface IssueOptions extends ExpiryOptions {
  readonly name: string;
}

/** `keys list|issue|rotate|revoke`. */
export function addKeyCommands(root: Command): void {
  const keys = root.command('keys').description('API keys of an environment');
  addList(keys);
  addIssue(keys);
  addRotate(keys);
  addRevoke(keys);
}

function addList(keys: Command): void {
  keys
    .command('list')
    .description(
      'all API keys of an environment, or with --all or --state those of all environments; never their secrets',
    )
    .argument('[appKey]')
    .argument('[environment]')
    .option('--all', 'of all environments, or of those that the arguments name')
    .option(
      '--state <state>',
      'only keys that are active, expiring, grace, never-used, stale, no-expiry, expired or revoked; implies --all',
    )
    .addHelpText(
      'after',
      examples(
        'keys list orders production',
        'keys list --state expiring',
        'keys list orders --state never-used --json',
      ),
    )
    .action(
      async (
        appKey: string | undefined,
        environment: string | undefined,
        options: ListOptions,
        command: Command,
      ) => {
        if (options.all === true || options.state !== undefined) {
          await listAll(appKey, environment, options, command);
          return;
        }
        if (appKey === undefined || environment === undefined) {
          throw new WrongUsage('Name an app key and an environment, or give --all or --state.');
        }
        const { registry, output } = await Session.open(command);
        output.list(await registry.list<ApiKey>(pathOf(appKey, environment)), {
          ID: ({ id }) => id,
          NAME: ({ name }) => name,
          PREFIX: ({ prefix }) => prefix,
          STATE: ({ isActive, ...key }) => keyState(key) ?? (isActive ? 'active' : 'inactive'),
          EXPIRES: ({ expiresAt }) => expiresAt,
          'LAST USED': ({ lastUsedAt }) => lastUsedAt,
        });
      },
    );
}

async function listAll(
  application: string | undefined,
  environment: string | undefined,
  { state }: ListOptions,
  command: Command,
): Promise<void> {
  const { registry, output } = await Session.open(command);
  const query = { application, environment, state };
  await output.pages(registry.pages<ListedApiKey>('/api-keys', { query }), {
    APPLICATION: ({ appKey }) => appKey,
    ENVIRONMENT: (key) => key.environment,
    ID: ({ id }) => id,
    NAME: ({ name }) => name,
    STATE: (key) => key.state,
    EXPIRES: ({ expiresAt }) => expiresAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
  });
}

function addIssue(keys: Command): void {
  withExpiry(
    keys
      .command('issue')
      .description('issue an API key; it is shown this once')
      .argument('<appKey>')
      .argument('<environment>')
      .requiredOption('--name <name>', 'what the key is used for'),
  )
    .addHelpText(
      'after',
      examples(
        'keys issue orders production --name ci --output-file orders.key',
        'keys issue orders staging --name tests --expires-in-days 30 --json',
      ),
    )
    .action(async (appKey: string, environment: string, options: IssueOptions, command: Command) => {
      const { name, expiresAt, expiresInDays } = options;
      const body = { name, expiresAt, expiresInDays };
      await handOver(await Session.open(command), {
        path: pathOf(appKey, environment),
        body,
        options,
        kind: 'API key',
        secretOf: ({ apiKey }: IssuedApiKey) => apiKey,
      });
    });
}

function addRotate(keys: Command): void {
  withRotation(
    keys
      .command('rotate')
      .description('replace an API key by a new one, which has an id of its own and is shown this once')
      .argument('<appKey>')
      .argument('<environment>')
      .argument('<id>', 'id of the key, from `keys list`'),
  )
    .addHelpText(
      'after',
      examples(
        'keys rotate orders production 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13 --grace-period 3600',
        'keys rotate orders production 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13 --output-file orders.key',
      ),
    )
    .action(
      async (appKey: string, environment: string, id: string, options: RotationOptions, command: Command) => {
        const { gracePeriod, expiresAt, expiresInDays } = options;
        const path = `${pathOf(appKey, environment, id)}/rotate`;
        const body = { gracePeriodSeconds: gracePeriod, expiresAt, expiresInDays };
        await handOver(await Session.open(command), {
          path,
          body,
          options,
          kind: 'API key',
          secretOf: ({ apiKey }: IssuedApiKey) => apiKey,
        });
      },
    );
}

function addRevoke(keys: Command): void {
  keys
    .command('revoke')
    .description('revoke an API key at once, on every replica')
    .argument('<appKey>')
    .argument('<environment>')
    .argument('<id>', 'id of the key, from `keys list`')
    .addOption(yesOption())
    .addOption(dryRunOption('say which key would be revoked, and revoke none'))
    .addHelpText(
      'after',
      examples(
        'keys revoke orders production 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13 --dry-run',
        'keys revoke orders production 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f13 --yes',
      ),
    )
    .action(
      async (appKey: string, environment: string, id: string, options: RemovalOptions, command: Command) => {
        const session = await Session.open(command);
        const keys = await session.registry.list<ApiKey>(pathOf(appKey, environment));
        const key = keys.find((each) => each.id === id);
        if (key === undefined) {
          throw new Failure(
            `API key not found: ${environment} of ${appKey} has no API key with the id ${id}.`,
          );
        }
        await session.remove(
          {
            verb: 'Revoke',
            named: `the API key "${key.name}" (${key.prefix ?? key.id}) of ${appKey} in ${environment}`,
            thing: key,
            path: pathOf(appKey, environment, id),
          },
          options,
        );
      },
    );
}

function pathOf(appKey: string, environment: string, id?: string): string {
  const all = `/applications/${segment(appKey)}/environments/${segment(environment)}/api-keys`;
  return id === undefined ? all : `${all}/${segment(id)}`;
}
