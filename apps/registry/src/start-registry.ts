import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '#libs/config/app-config.js';
import { AppModule } from './app.module.js';
import { configureApp } from './configure-app.js';
import { drain } from './drain.js';
import { httpAdapter } from './http-adapter.js';
import type { PreparedDatabase } from './prepare-database.js';
import { RegistryLogger } from './registry-logger.js';

/** A service that answers, in one process or in several. */
export interface RunningRegistry {
  readonly port: number;
  /** Lets what is under way come to its end; see {@link drain}. */
  stop(): Promise<void>;
}

/** Serves HTTP and probes on a database that is ready, in this process. */
export async function startRegistry(
  config: AppConfig,
  database: PreparedDatabase['settings'],
  signal: AbortSignal,
): Promise<RunningRegistry> {
  const app = await createApp({ ...config, database }, database.url);
  try {
    signal.throwIfAborted();
    await app.listen(config.http.port, config.http.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, stop: () => drain(app, config.shutdown) };
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
