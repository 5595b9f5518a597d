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
import { type Observability, serveMetrics, startObservability, UNOBSERVED } from './observability.js';
import { registryLogger } from './registry-logger.js';

export interface RunningRegistry {
  readonly app: NestFastifyApplication;
  /** Absent when the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | undefined;
  /** Where metrics are served; absent without METRICS_PORT. */
  readonly metricsPort: number | undefined;
  /** Ends requests in flight, then the embedded database. */
  stop(): Promise<void>;
}

/** Starts metrics, database, schema and HTTP service, in this order; what was started is stopped again when a later step fails. */
export async function startRegistry(config: AppConfig): Promise<RunningRegistry> {
  const observability = await startObservability(config, process.env);
  const { metricsText } = observability;
  const metricsServer = metricsText && (await serveMetrics(config, metricsText));
  let embedded: EmbeddedPostgres | undefined;
  try {
    if (config.database.url === undefined)
      embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
    const url = config.database.url ?? embedded?.url ?? '';
    await runMigrations(config.database.directUrl ?? url, migrations);
    const app = await createApp(config, url, observability);
    await app.listen(config.http.port, config.http.host).catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
    return {
      app,
      embedded,
      metricsPort: metricsServer?.port,
      stop: async () => {
        await app.close();
        await observability.tracing.close();
        await metricsServer?.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await metricsServer?.close();
    await embedded?.stop();
    throw error;
  }
}

/** The application on a migrated database, not yet listening. */
export async function createApp(
  config: AppConfig,
  databaseUrl: string,
  observability: Observability = UNOBSERVED,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, databaseUrl, observability),
    httpAdapter(config, observability),
    {
      bodyParser: false,
      abortOnError: false,
      logger: await registryLogger(config),
    },
  );
  configureApp(app, config, observability.metrics);
  return app;
}
