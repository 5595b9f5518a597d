import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { pendingMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { ImportsModule } from '#registry/imports/imports.module.js';
import { startupFailure } from '#registry/startup-failure.js';
import { Failure } from '../failure.js';
import type { RegistrySettings } from './registry-settings.js';

/**
 * The registry's own services on its database, without HTTP and without probes. Whoever opens it closes it.
 *
 * @throws Failure when it cannot be reached, or lacks migrations
 */
export async function openRegistryDatabase({
  config,
  databaseUrl,
}: RegistrySettings): Promise<INestApplicationContext> {
  try {
    const pending = await pendingMigrations(config.database.directUrl ?? databaseUrl, migrations);
    if (pending.length > 0) {
      throw new Failure(
        `The registry's database lacks ${pending.join(', ')}: run mcp-registry migrate, or start the service, first.`,
      );
    }
    return await NestFactory.createApplicationContext(ImportsModule.register(config, databaseUrl), {
      logger: false,
      abortOnError: false,
    });
  } catch (error) {
    throw translateDatabaseError(error) === undefined
      ? error
      : new Failure((await startupFailure(error)).trim());
  }
}
