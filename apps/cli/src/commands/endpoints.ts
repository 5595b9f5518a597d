import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { NestedTooDeep, parseBoundedJson } from '#libs/json/bounded-json.js';
import { Failure, WrongUsage } from '../failure.js';
import { globalOptions } from '../global-options.js';
import { examples } from '../help.js';
import { dryRunOption, type WriteOptions } from '../option-values.js';
import { asApplication, withKnownCredentials } from '../registry/credentials.js';
import type { Discovery, Registration } from '../registry/shapes.js';
import { Session } from '../session.js';

interface RegisterOptions extends WriteOptions {
  readonly environment?: string;
}

/** The body of `POST /register/endpoints`; the registry validates the endpoints. */
interface Batch {
  readonly app_key?: string;
  readonly environment?: string;
  readonly endpoints: readonly unknown[];
}

/** `endpoints list|register`. */
export function addEndpointCommands(root: Command): void {
  const endpoints = root.command('endpoints').description('registered endpoints');
  addList(endpoints);
  addRegister(endpoints);
}

function addList(endpoints: Command): void {
  endpoints
    .command('list')
    .description('the endpoints of an environment; without any key, where the registry allows that')
    .argument('<appKey>')
    .argument('[environment]', 'the environment', 'production')
    .addHelpText('after', examples('endpoints list orders', 'endpoints list orders staging --json'))
    .action(async (appKey: string, environment: string, _options: object, command: Command) => {
      const { registry, output } = await Session.open(command, withKnownCredentials);
      const found = await registry.get<Discovery>('/endpoints', { app_key: appKey, environment });
      output.list(found.endpoints, {
        METHOD: ({ method }) => method,
        PATH: ({ path }) => path,
        NAME: ({ name }) => name,
        PUBLIC: ({ isPublic }) => (isPublic ? 'yes' : 'no'),
        AUTH: ({ authType }) => authType,
      });
    });
}

function addRegister(endpoints: Command): void {
  endpoints
    .command('register')
    .description('make the registered set of an environment equal to a list, as the application')
    .argument('<file>', 'JSON: the list, or a whole batch {app_key, environment, endpoints}; - reads stdin')
    .option('--environment <name>', 'the environment meant; production when neither it nor the file says')
    .addOption(dryRunOption('have the registry say what would change, and change nothing'))
    .addHelpText(
      'after',
      examples(
        'endpoints register endpoints.json --app-key orders --api-key-file orders.key --dry-run',
        'endpoints register endpoints.json --app-key orders --environment staging',
        'endpoints register - < batch.json',
      ),
    )
    .action(async (file: string, options: RegisterOptions, command: Command) => {
      const batch = batchIn(file, await contentOf(file));
      const appKey = agreed(globalOptions(command).appKey, batch.app_key, '--app-key');
      const environment = agreed(options.environment, batch.environment, '--environment');
      const { registry, output } = await Session.open(command, (keys) => asApplication({ ...keys, appKey }));
      const outcome = await registry.post<Registration>(
        '/register/endpoints',
        { ...batch, app_key: appKey, environment },
        { dryRun: options.dryRun },
      );
      if (output.writesJson) {
        output.done(outcome.message, outcome);
        return;
      }
      if (outcome.changes !== undefined && outcome.changes.length > 0) {
        output.list(outcome.changes, {
          CHANGE: ({ change }) => change,
          METHOD: ({ method }) => method,
          PATH: ({ path }) => path,
          FIELDS: ({ fields }) => fields?.join(', '),
        });
      }
      for (const { pointer, detail } of outcome.warnings ?? []) output.say(`warning: ${pointer} ${detail}`);
      output.done(outcome.message);
    });
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new WrongUsage(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
}

function batchIn(file: string, content: string): Batch {
  const source = file === '-' ? 'stdin' : file;
  let value: unknown;
  try {
    value = parseBoundedJson(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof NestedTooDeep) throw new Failure(`${source} ${error.fault}`);
    throw new Failure(`${source} is not JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(value)) return { endpoints: value };
  if (typeof value === 'object' && value !== null && Array.isArray((value as Batch).endpoints)) {
    return value as Batch;
  }
  throw new Failure(`${source} holds neither a list of endpoints nor a batch with one`);
}

/** A value given on the command line, in the file, or the same in both. */
function agreed(given: string | undefined, inFile: string | undefined, option: string): string | undefined {
  if (given !== undefined && inFile !== undefined && given !== inFile) {
    throw new WrongUsage(`${option} is ${given}, and the file says ${inFile}`);
  }
  return given ?? inFile;
}
