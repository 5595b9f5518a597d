import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { AppModule } from '../app.module.js';
import { configureApp } from '../http/configure-app.js';
import { fastifyAdapter } from '../http/fastify-adapter.js';
import { registryLogger } from '../observability/registry-logger.js';
import {
  NO_OBSERVABILITY,
  type Observability,
  startObservability,
} from '../observability/start-observability.js';
import { drain } from './drain.js';
import type { PreparedDatabase } from './prepare-database.js';

/** A service that answers, in one process or in several. */
export interface RunningRegistry {
  readonly port: number;
  /** All metrics in Prometheus' text format; absent without METRICS_PORT. */
  readonly metricsText: (() => Promise<string>) | undefined;
  /** Drains in-flight work; see {@link drain}. */
  stop(): Promise<void>;
}

/** Serves HTTP and probes on a database that is ready, in this process. */
export async function startRegistry(
  config: AppConfig,
  database: PreparedDatabase['settings'],
  signal: AbortSignal,
): Promise<RunningRegistry> {
  const observability = await startObservability(config, process.env);
  const app = await createApp({ ...config, database }, database.url, observability);
  try {
    signal.throwIfAborted();
    await app.listen(config.http.port, config.http.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    port,
    metricsText: observability.metricsText,
    stop: async () => {
      await drain(app, config.shutdown);
      await observability.tracing.close();
    },
  };
}

/** The application on a migrated database, not yet listening. */
export async function createApp(
  config: AppConfig,
  databaseUrl: string,
  observability: Observability = NO_OBSERVABILITY,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, databaseUrl, observability),
    fastifyAdapter(config, observability),
    {
      bodyParser: false,
      abortOnError: false,
      logger: await registryLogger(config),
    },
  );
  configureApp(app, config);
  return app;
}
