import type { SecretList } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { readEnvFile } from '#libs/config/env-file.js';
import { givenSecretKeys, loadDatabaseConfig } from '#libs/config/load-config.js';
import { type RetryOptions, waitForDatabase } from '#libs/database/wait-for-database.js';
import { startupFailure } from '#registry/bootstrap/startup-failure.js';
import { Failure, WrongUsage } from '../failure.js';

/** The CLI does not retry: it fails fast. */
export const noRetry = (): Omit<RetryOptions, 'setting'> => ({
  timeoutSeconds: 0,
  signal: new AbortController().signal,
});

/**
 * Runs `work` on the registry's database: DATABASE_DIRECT_URL, otherwise DATABASE_URL, from the environment or from
 * `.env`, as the service reads them.
 *
 * @throws WrongUsage when there is no usable address; Failure when the database cannot be reached
 */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { url, setting } = databaseUrl();
  try {
    return await work(await waitForDatabase(url, { ...noRetry(), setting }));
  } catch (error) {
    throw await databaseFailure(error);
  }
}

/** The database error as the service words it. */
export async function databaseFailure(error: unknown): Promise<Failure> {
  return error instanceof Failure ? error : new Failure((await startupFailure(error)).trimEnd().split('\n'));
}

/** `SECRET_KEY` from the environment or from `.env`, as the service reads it. @throws WrongUsage when it is unusable */
export function secretKeysGiven(): SecretList | undefined {
  readEnvFile();
  try {
    return givenSecretKeys(process.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new WrongUsage(`Configuration: ${error.message}`);
    throw error;
  }
}

function databaseUrl(): { url: string; setting: RetryOptions['setting'] } {
  readEnvFile();
  try {
    const { url, directUrl } = loadDatabaseConfig(process.env);
    if (directUrl !== undefined) return { url: directUrl, setting: 'DATABASE_DIRECT_URL' };
    if (url !== undefined) return { url, setting: 'DATABASE_URL' };
  } catch (error) {
    if (error instanceof ConfigError) throw new WrongUsage(`Configuration: ${error.message}`);
    throw error;
  }
  throw new WrongUsage(
    'DATABASE_URL must be set: the embedded database is migrated by the start of the service',
  );
}
