import type { Command } from 'commander';
import { OPERATOR_KINDS, OPERATOR_ROLES } from '#libs/domain/operator.js';
import { Failure, WrongUsage } from '../failure.js';
import { examples } from '../help.js';
import {
  collected,
  dryRunOption,
  type RemovalOptions,
  type WriteOptions,
  yesOption,
} from '../option-values.js';
import { segment } from '../registry/registry-client.js';
import type { IssuedOperatorKey, Operator, OperatorWithKeys } from '../registry/shapes.js';
import { Session } from '../session.js';
import {
  type ExpiryOptions,
  handOver,
  keyState,
  type RotationOptions,
  withExpiry,
  withRotation,
} from './issued-keys.js';

const KINDS = OPERATOR_KINDS.join(', ');
const ROLES = OPERATOR_ROLES.join(', ');
const PERSONS = '90 for persons by default, otherwise never';

interface BindingOptions {
  readonly application?: readonly string[];
  readonly environment?: readonly string[];
}

interface CreateOptions extends WriteOptions, BindingOptions {
  readonly kind: string;
  readonly role: string;
}

interface UpdateOptions extends WriteOptions, BindingOptions {
  readonly role?: string;
  readonly activate?: boolean;
  readonly deactivate?: boolean;
}

interface IssueOptions extends ExpiryOptions {
  readonly name: string;
}

/** `operators list|show|create|update|delete|issue-key|rotate-key|revoke-key`. */
export function addOperatorCommands(root: Command): void {
  const operators = root
    .command('operators')
    .description('people, services and agents with keys of their own');
  addList(operators);
  addShow(operators);
  addCreate(operators);
  addUpdate(operators);
  addDelete(operators);
  addIssueKey(operators);
  addRotateKey(operators);
  addRevokeKey(operators);
}

function addList(operators: Command): void {
  operators
    .command('list')
    .description('all operators')
    .addHelpText('after', examples('operators list', 'operators list --json'))
    .action(async (_options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      output.list(await registry.list<Operator>('/operators'), {
        NAME: ({ name }) => name,
        KIND: ({ kind }) => kind,
        ROLE: ({ role }) => role,
        'BOUND TO': boundTo,
        STATE: stateOf,
        'CREATED BY': ({ createdBy }) => createdBy,
      });
    });
}

function addShow(operators: Command): void {
  operators
    .command('show')
    .description('one operator, with all keys but never their secrets')
    .argument('<name>')
    .addHelpText('after', examples('operators show ann', 'operators show ann --json'))
    .action(async (name: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      const operator = await registry.get<OperatorWithKeys>(pathOf(name));
      output.one(operator, {
        name: operator.name,
        kind: operator.kind,
        role: operator.role,
        'bound to': boundTo(operator),
        state: stateOf(operator),
        'created by': operator.createdBy,
        ...Object.fromEntries(
          operator.keys.map((key, index) => [
            `key ${index + 1}`,
            `${key.name}, ${key.id}, ${key.prefix}, ${keyState(key) ?? `expires ${key.expiresAt ?? 'never'}`}`,
          ]),
        ),
      });
    });
}

function addCreate(operators: Command): void {
  operators
    .command('create')
    .description('create an operator; issue-key gives it a key')
    .argument('<name>', 'as the audit trail shows it; it cannot be changed')
    .requiredOption('--kind <kind>', KINDS)
    .requiredOption('--role <role>', `${ROLES}; each may do what those before it may`)
    .option('--application <app-key>', 'bind to this application; repeatable', collected)
    .option('--environment <name>', 'bind to environments of this name; repeatable', collected)
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      examples(
        'operators create ann --kind person --role admin',
        'operators create deploy-bot --kind service --role editor --application orders --environment staging',
      ),
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const session = await Session.open(command);
      const { kind, role } = options;
      const body = { name, kind, role, ...bindingsOf(options) };
      const created = await session.change<Operator>({ method: 'POST', path: '/operators', body }, options);
      if (created === undefined) return;
      session.output.done(
        `Created ${created.name}, a ${created.kind} with the role ${created.role}.`,
        created,
      );
    });
}

function addUpdate(operators: Command): void {
  operators
    .command('update')
    .description('change role, bindings or state of an operator, at once and on every replica')
    .argument('<name>')
    .option('--role <role>', ROLES)
    .option(
      '--application <app-key>',
      "bind to this application only; repeatable, '' binds to all",
      collected,
    )
    .option('--environment <name>', "bind to this environment only; repeatable, '' binds to all", collected)
    .option('--deactivate', 'refuse all keys of the operator')
    .option('--activate', 'accept the keys of the operator again')
    .addOption(dryRunOption())
    .addHelpText('after', examples('operators update ann --role viewer', 'operators update ann --deactivate'))
    .action(async (name: string, options: UpdateOptions, command: Command) => {
      const { role, activate, deactivate } = options;
      if (activate === true && deactivate === true) {
        throw new WrongUsage('Say either --activate or --deactivate.');
      }
      const isActive = activate ?? (deactivate === undefined ? undefined : !deactivate);
      const body = { role, ...bindingsOf(options), isActive };
      if (Object.values(body).every((value) => value === undefined)) {
        throw new WrongUsage(
          'Nothing to change: say --role, --application, --environment, --deactivate or --activate.',
        );
      }
      const session = await Session.open(command);
      const changed = await session.change<Operator>({ method: 'PUT', path: pathOf(name), body }, options);
      if (changed === undefined) return;
      session.output.done(`${changed.name} is ${stateOf(changed)} with the role ${changed.role}.`, changed);
    });
}

function addDelete(operators: Command): void {
  operators
    .command('delete')
    .description('delete an operator with all keys; what they did stays in the audit trail')
    .argument('<name>')
    .addOption(yesOption())
    .addOption(dryRunOption('say what would be deleted, and delete nothing'))
    .addHelpText('after', examples('operators delete ann --dry-run', 'operators delete ann --yes'))
    .action(async (name: string, options: RemovalOptions, command: Command) => {
      const session = await Session.open(command);
      const { answer: operator, tag } = await session.registry.read<OperatorWithKeys>(pathOf(name));
      await session.remove(
        {
          verb: 'Delete',
          named: `the operator ${operator.name} with ${operator.keys.length} keys`,
          thing: operator,
          path: pathOf(name),
          tag,
        },
        options,
      );
    });
}

function addIssueKey(operators: Command): void {
  withExpiry(
    operators
      .command('issue-key')
      .description('issue a key of an operator; it is shown this once')
      .argument('<name>')
      .requiredOption('--name <name>', 'where the key is used'),
    PERSONS,
  )
    .addHelpText(
      'after',
      examples(
        'operators issue-key ann --name laptop --output-file ann.key',
        'operators issue-key deploy-bot --name ci --expires-in-days 365 --json',
      ),
    )
    .action(async (name: string, options: IssueOptions, command: Command) => {
      const { name: keyName, expiresAt, expiresInDays } = options;
      const body = { name: keyName, expiresAt, expiresInDays };
      await handOverKey(command, { path: `${pathOf(name)}/keys`, body, options });
    });
}

function addRotateKey(operators: Command): void {
  withRotation(
    operators
      .command('rotate-key')
      .description('replace a key of an operator by a new one, which has an id of its own')
      .argument('<name>')
      .argument('<id>', 'id of the key, from `operators show`'),
    'as long a life as the old one by default',
  )
    .addHelpText(
      'after',
      examples('operators rotate-key ann 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f17 --grace-period 3600'),
    )
    .action(async (name: string, id: string, options: RotationOptions, command: Command) => {
      const { gracePeriod, expiresAt, expiresInDays } = options;
      const body = { gracePeriodSeconds: gracePeriod, expiresAt, expiresInDays };
      await handOverKey(command, { path: `${keyPathOf(name, id)}/rotate`, body, options });
    });
}

function addRevokeKey(operators: Command): void {
  operators
    .command('revoke-key')
    .description('revoke a key of an operator at once, on every replica')
    .argument('<name>')
    .argument('<id>', 'id of the key, from `operators show`')
    .addOption(yesOption())
    .addOption(dryRunOption('say which key would be revoked, and revoke none'))
    .addHelpText('after', examples('operators revoke-key ann 0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f17 --yes'))
    .action(async (name: string, id: string, options: RemovalOptions, command: Command) => {
      const session = await Session.open(command);
      const operator = await session.registry.get<OperatorWithKeys>(pathOf(name));
      const key = operator.keys.find((each) => each.id === id);
      if (key === undefined)
        throw new Failure(`Operator key not found: ${name} has no key with the id ${id}.`);
      await session.remove(
        {
          verb: 'Revoke',
          named: `the key "${key.name}" (${key.prefix}) of ${name}`,
          thing: key,
          path: keyPathOf(name, id),
        },
        options,
      );
    });
}

async function handOverKey(
  command: Command,
  { path, body, options }: { path: string; body: object; options: ExpiryOptions },
): Promise<void> {
  const secretOf = ({ key }: IssuedOperatorKey): string => key;
  await handOver(await Session.open(command), { path, body, options, kind: 'operator key', secretOf });
}

function stateOf({ isActive }: Operator): string {
  return isActive ? 'active' : 'inactive';
}

function pathOf(name: string): string {
  return `/operators/${segment(name)}`;
}

function keyPathOf(name: string, id: string): string {
  return `${pathOf(name)}/keys/${segment(id)}`;
}

/** As the request has them: an empty text binds to all, an absent option leaves a binding as it is. */
function bindingsOf({ application, environment }: BindingOptions): {
  readonly applications?: readonly string[] | null;
  readonly environments?: readonly string[] | null;
} {
  const names = (given: readonly string[] | undefined): readonly string[] | null | undefined =>
    given?.length === 1 && given[0] === '' ? null : given;
  return { applications: names(application), environments: names(environment) };
}

function boundTo({ applications, environments }: Operator): string {
  const parts = [...(applications ?? []), ...(environments ?? []).map((name) => `*/${name}`)];
  return parts.length === 0 ? 'all' : parts.join(', ');
}
