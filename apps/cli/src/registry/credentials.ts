import { readFile } from 'node:fs/promises';
import { WrongUsage } from '../failure.js';
import { askSecret, isInteractive } from '../terminal/prompts.js';

/** Where keys may come from, besides the environment: never from the command line, which everybody can see. */
export interface KeySources {
  readonly adminKeyFile?: string;
  readonly appKey?: string;
  readonly apiKeyFile?: string;
}

/** Header fields that say who calls. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** @throws WrongUsage when there is no admin key and nobody to ask for it */
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

/** @throws WrongUsage when application or API key are missing and there is nobody to ask for them */
export async function asApplication({ appKey, apiKeyFile }: KeySources): Promise<CredentialHeaders> {
  if (appKey === undefined || appKey === '') {
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

interface SecretSource {
  /** As people call it. */
  readonly name: string;
  readonly variable: string;
  readonly option: string;
  readonly file: string | undefined;
}

/** From the file if one is named, otherwise from the environment, otherwise from whoever sits at the terminal. */
async function secret({ name, variable, option, file }: SecretSource): Promise<string> {
  if (file !== undefined) return secretIn(file, option);
  const given = process.env[variable]?.trim();
  if (given !== undefined && given !== '') return given;
  if (!isInteractive()) {
    throw new WrongUsage(
      `The ${name} is missing: put it into ${variable} or into a file named by ${option}.`,
    );
  }
  return askSecret(`The ${name}`);
}

async function secretIn(file: string, option: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new WrongUsage(
      `${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  });
  const key = text.trim();
  if (key === '') throw new WrongUsage(`${option}: ${file} is empty`);
  return key;
}
