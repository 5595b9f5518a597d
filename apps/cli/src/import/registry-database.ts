import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { pendingMigrations } from '#libs/database/run-migrations.js';
import { reachDatabase } from '#libs/database/wait-for-database.js';
import { migrations } from '#migrations/migrations.js';
import { ImportsModule } from '#registry/imports/imports.module.js';
import { databaseFailure, noRetry } from '../database/with-database.js';
import { Failure } from '../failure.js';
import type { RegistrySettings } from './registry-settings.js';

/**
 * The registry's services on its database, without HTTP, jobs and probes. The caller closes it.
 *
 * @throws Failure when it cannot be reached, or lacks migrations
 */
export async function openRegistryDatabase({
  config,
  databaseUrl,
}: RegistrySettings): Promise<INestApplicationContext> {
  try {
    const reached = await reachDatabase(
      { url: databaseUrl, directUrl: config.database.directUrl },
      noRetry(),
    );
    const pending = await pendingMigrations(reached.directUrl ?? reached.url, migrations);
    if (pending.length > 0) {
      throw new Failure(
        `The registry's database lacks ${pending.join(', ')}: run mcp-registry migrate, or start the service, first.`,
      );
    }
    const database = { ...config.database, ...reached };
    return await NestFactory.createApplicationContext(
      ImportsModule.register({ ...config, database }, database.url),
      { logger: false, abortOnError: false },
    );
  } catch (error) {
    throw await databaseFailure(error);
  }
}
