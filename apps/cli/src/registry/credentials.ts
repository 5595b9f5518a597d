import { readFile } from 'node:fs/promises';
import { WrongUsage } from '../failure.js';
import { askSecret, isInteractive } from '../terminal/prompts.js';

/** Sources of keys besides the environment: never the command line, which every user of the machine can see. */
export interface KeySources {
  readonly adminKeyFile?: string;
  readonly appKey?: string;
  readonly apiKeyFile?: string;
}

/** Header fields that authenticate the caller. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** @throws WrongUsage when there is no admin key and no terminal to prompt at */
export async function asOperator({ adminKeyFile }: KeySources): Promise<CredentialHeaders> {
  return {
    'X-Admin-Key': await secret({
      name: 'admin key',
      variable: 'MCP_REGISTRY_ADMIN_KEY',
      option: '--admin-key-file',
      file: adminKeyFile,
    }),
  };
}

/** @throws WrongUsage when application or API key are missing and there is no terminal to prompt at */
export async function asApplication({ appKey, apiKeyFile }: KeySources): Promise<CredentialHeaders> {
  if (appKey === undefined) {
    throw new WrongUsage(
      'This command acts as an application: name it with --app-key or MCP_REGISTRY_APP_KEY.',
    );
  }
  return {
    'X-App-Key': appKey,
    'X-API-Key': await secret({
      name: `API key of ${appKey}`,
      variable: 'MCP_REGISTRY_API_KEY',
      option: '--api-key-file',
      file: apiKeyFile,
    }),
  };
}

/**
 * For routes that may be public: the admin key if there is one, otherwise the application key if app key and API key
 * are known, otherwise no credentials. Never prompts.
 */
export async function withKnownCredentials(sources: KeySources): Promise<CredentialHeaders> {
  const { adminKeyFile, appKey, apiKeyFile } = sources;
  if (adminKeyFile !== undefined || isSet('MCP_REGISTRY_ADMIN_KEY')) return asOperator(sources);
  if (appKey === undefined || (apiKeyFile === undefined && !isSet('MCP_REGISTRY_API_KEY'))) return {};
  return asApplication(sources);
}

interface SecretSource {
  /** The name in messages. */
  readonly name: string;
  readonly variable: string;
  readonly option: string;
  readonly file: string | undefined;
}

/** From the named file, otherwise from the environment, otherwise from a prompt. */
async function secret({ name, variable, option, file }: SecretSource): Promise<string> {
  if (file !== undefined) return usable(await secretIn(file, option), `${option}: the key in ${file}`);
  if (isSet(variable)) return usable(process.env[variable] ?? '', variable);
  if (!isInteractive()) {
    throw new WrongUsage(
      `The ${name} is missing: put it into ${variable} or into a file named by ${option}.`,
    );
  }
  return usable(await askSecret(`The ${name}`), `The ${name}`);
}

function isSet(variable: string): boolean {
  return (process.env[variable] ?? '').trim() !== '';
}

/** Values that no header field can carry are refused here: the error of `fetch` would contain the key. */
function usable(text: string, source: string): string {
  const key = text.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new WrongUsage(`${source} (hidden) is no key: keys are visible ASCII characters without spaces`);
  }
  return key;
}

async function secretIn(file: string, option: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new WrongUsage(
      `${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  });
  if (text.trim() === '') throw new WrongUsage(`${option}: ${file} is empty`);
  return text;
}
