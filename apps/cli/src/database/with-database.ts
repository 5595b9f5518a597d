import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { ConfigError } from '#libs/config/config-error.js';
import { loadDatabaseConfig } from '#libs/config/load-config.js';
import { waitForDatabase, type Waiting } from '#libs/database/wait-for-database.js';
import { startupFailure } from '#registry/startup-failure.js';
import { Failure, WrongUsage } from '../failure.js';

/** Who sits at a terminal would rather be told than wait. */
export const ONCE: Omit<Waiting, 'setting'> = { timeoutSeconds: 0, signal: new AbortController().signal };

/**
 * Does some work on the registry's database: DATABASE_DIRECT_URL, otherwise DATABASE_URL, from the environment or
 * from `.env`, as the service reads them.
 *
 * @throws WrongUsage when there is no usable address; Failure when the database cannot be reached
 */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { url, setting } = databaseUrl();
  try {
    return await work(await waitForDatabase(url, { ...ONCE, setting }));
  } catch (error) {
    throw await databaseFailure(error);
  }
}

/** What went wrong with the database, in the words in which the service says it. */
export async function databaseFailure(error: unknown): Promise<Failure> {
  return error instanceof Failure ? error : new Failure((await startupFailure(error)).trimEnd().split('\n'));
}

function databaseUrl(): { url: string; setting: Waiting['setting'] } {
  if (existsSync('.env')) loadEnvFile('.env');
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
