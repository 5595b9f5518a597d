import { Logger } from '@nestjs/common';
import type { AppConfig } from '#libs/config/app-config.js';
import { secretWeaknesses } from '#libs/config/secret-strength.js';
import { registryLogger } from '../observability/registry-logger.js';
import { serveMetrics } from '../observability/serve-metrics.js';
import { prepareDatabase } from './prepare-database.js';

/** The whole service, whatever it consists of. */
export interface RunningService {
  readonly port: number;
  /** Where metrics are served; absent without METRICS_PORT. */
  readonly metricsPort: number | undefined;
  /** Resolves with the reason when the service cannot go on: its embedded database is gone for good. */
  readonly failure: Promise<Error>;
  /** Drains in-flight work, then stops the embedded database. */
  stop(): Promise<void>;
}

/**
 * Starts the database, the serving processes (this one when WORKERS is 1) and the metrics of all of them. Started
 * parts are stopped when a later step fails, or when `signal` is aborted, which rejects with its reason.
 */
export async function startService(config: AppConfig, signal: AbortSignal): Promise<RunningService> {
  Logger.overrideLogger(await registryLogger(config));
  for (const weakness of secretWeaknesses(config.secrets)) {
    new Logger('Configuration').warn(`${weakness}: NODE_ENV=production refuses to start with it`);
  }
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const database = await prepareDatabase(config, signal);
    stops.push(() => database.stop());
    // A primary process loads nothing of what only its workers need.
    const serve =
      config.workers === 1
        ? (await import('./start-registry.js')).startRegistry
        : (await import('./workers/start-workers.js')).startWorkers;
    const registry = await serve(config, database.settings, signal);
    stops.push(() => registry.stop());
    const metrics = registry.metricsText && (await serveMetrics(config, registry.metricsText));
    if (metrics) stops.push(() => metrics.close());
    return { port: registry.port, metricsPort: metrics?.port, failure: database.failure, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
