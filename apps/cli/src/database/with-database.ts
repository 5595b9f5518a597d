import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { ConfigError } from '#libs/config/config-error.js';
import { loadDatabaseConfig } from '#libs/config/load-config.js';
import { startupFailure } from '#registry/startup-failure.js';
import { Failure, WrongUsage } from '../failure.js';

/**
 * Does some work on the registry's database: DATABASE_DIRECT_URL, otherwise DATABASE_URL, from the environment or
 * from `.env`, as the service reads them.
 *
 * @throws WrongUsage when there is no usable address; Failure when the database cannot be reached
 */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const url = databaseUrl();
  try {
    return await work(url);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure((await startupFailure(error)).trimEnd());
  }
}

function databaseUrl(): string {
  if (existsSync('.env')) loadEnvFile('.env');
  try {
    const { url, directUrl } = loadDatabaseConfig(process.env);
    const address = directUrl ?? url;
    if (address !== undefined) return address;
  } catch (error) {
    if (error instanceof ConfigError) throw new WrongUsage(`Configuration: ${error.message}`);
    throw error;
  }
  throw new WrongUsage(
    'DATABASE_URL must be set: the embedded database is migrated by the start of the service',
  );
}
