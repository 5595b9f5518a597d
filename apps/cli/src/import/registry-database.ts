import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AppConfig } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { loadConfig } from '#libs/config/load-config.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { pendingMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { ImportsModule } from '#registry/imports/imports.module.js';
import { startupFailure } from '#registry/startup-failure.js';
import { Failure, WrongUsage } from '../failure.js';

/** One for the transaction, one for what is asked outside of it, and one to spare. */
const CONNECTIONS = 3;

const WITHOUT_DATABASE = `DATABASE_URL is not set: an import writes into the registry's database, as the service has it.
With the embedded database, leave the service running and say, in its directory:
  export DATABASE_URL="postgres://mcp_registry:$(cat .data/postgres-password)@127.0.0.1:$(sed -n 4p .data/postgres/postmaster.pid)/mcp_registry"
  export SECRET_KEY="$(cat .data/secret-key)"`;

/**
 * The registry's own services on its database, without HTTP and without probes, with the settings of the service: from
 * the environment or from `.env`. Whoever opens it closes it.
 *
 * @throws WrongUsage when the settings name no database, or cannot be used; Failure when it is not ready for an import
 */
export async function openRegistryDatabase(): Promise<INestApplicationContext> {
  const { config, url, directUrl } = await settings();
  try {
    const pending = await pendingMigrations(directUrl, migrations);
    if (pending.length > 0) {
      throw new Failure(
        `The registry's database lacks ${pending.join(', ')}: run mcp-registry migrate, or start the service, first.`,
      );
    }
    return await NestFactory.createApplicationContext(ImportsModule.register(config, url), {
      logger: false,
      abortOnError: false,
    });
  } catch (error) {
    throw translateDatabaseError(error) === undefined
      ? error
      : new Failure((await startupFailure(error)).trim());
  }
}

async function settings(): Promise<{ config: AppConfig; url: string; directUrl: string }> {
  if (existsSync('.env')) loadEnvFile('.env');
  try {
    const config = await loadConfig({
      ...process.env,
      // None shall be made here. Keys issued under another SECRET_KEY than the service's are as good, but not known at sight.
      SECRET_KEY: given('SECRET_KEY') ?? randomBytes(32).toString('base64url'),
      REGISTRY_ADMIN_KEY: given('REGISTRY_ADMIN_KEY') ?? 'unused',
    });
    const { url, directUrl } = config.database;
    if (url === undefined) throw new WrongUsage(WITHOUT_DATABASE);
    const database = { ...config.database, maxConnections: CONNECTIONS };
    return { config: { ...config, database }, url, directUrl: directUrl ?? url };
  } catch (error) {
    throw error instanceof ConfigError ? new WrongUsage(`Configuration: ${error.message}`) : error;
  }
}

/** Whether keys issued here carry the mark by which the service knows its own at sight. */
export function hasSecretKey(): boolean {
  return given('SECRET_KEY') !== undefined;
}

function given(variable: string): string | undefined {
  const value = process.env[variable]?.trim();
  return value === '' ? undefined : value;
}
