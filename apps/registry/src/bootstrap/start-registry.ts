import { lookup } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { AppModule } from '../app.module.js';
import { configureApp } from '../http/configure-app.js';
import { fastifyAdapter } from '../http/fastify-adapter.js';
import { ListenerTls } from '../http/tls/listener-tls.js';
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
    await app.listen(config.http.port, await addressOf(config.http));
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

/**
 * For `localhost` Fastify would listen with a second server of its own, on which no certificate could be replaced: with
 * TLS it is the one address that Node.js would take.
 */
async function addressOf({ host, tls }: AppConfig['http']): Promise<string> {
  return tls === undefined || host !== 'localhost' ? host : (await lookup(host)).address;
}

/** The application on a migrated database, not yet listening. */
export async function createApp(
  config: AppConfig,
  databaseUrl: string,
  observability: Observability = NO_OBSERVABILITY,
): Promise<NestFastifyApplication> {
  const tls = config.http.tls && new ListenerTls(config.http.tls);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, databaseUrl, observability, tls),
    fastifyAdapter(config, observability, tls),
    {
      bodyParser: false,
      abortOnError: false,
      logger: await registryLogger(config),
    },
  );
  configureApp(app, config);
  return app;
}
