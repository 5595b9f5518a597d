import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '#libs/database/embedded-postgres/start-embedded-postgres.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { AppModule } from './app.module.js';
import { configureApp } from './configure-app.js';
import { httpAdapter } from './http-adapter.js';
import { RegistryLogger } from './registry-logger.js';

export interface RunningRegistry {
  readonly app: NestFastifyApplication;
  /** Absent when the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | undefined;
  /** Ends requests in flight, then the embedded database. */
  stop(): Promise<void>;
}

/** Starts database, schema and HTTP service, in this order; what was started is stopped again when a later step fails. */
export async function startRegistry(config: AppConfig): Promise<RunningRegistry> {
  const embedded =
    config.database.url === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir }) : undefined;
  try {
    const url = config.database.url ?? embedded?.url ?? '';
    await runMigrations(config.database.directUrl ?? url, migrations);
    const app = await createApp(config, url);
    await app.listen(config.http.port, config.http.host).catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
    return {
      app,
      embedded,
      stop: async () => {
        await app.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The application on a migrated database, not yet listening. */
export async function createApp(config: AppConfig, databaseUrl: string): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, databaseUrl),
    httpAdapter(config),
    {
      bodyParser: false,
      abortOnError: false,
      logger: new RegistryLogger(config.logLevel),
    },
  );
  configureApp(app, config);
  return app;
}
