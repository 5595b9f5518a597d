import { Logger } from '@nestjs/common';
import type { AppConfig } from '#libs/config/app-config.js';
import { prepareDatabase } from './prepare-database.js';
import { RegistryLogger } from './registry-logger.js';
import type { RunningRegistry } from './start-registry.js';

/**
 * Starts the database, and then the processes that serve; this one alone when WORKERS is 1. What was started is stopped
 * again when a later step fails, or when `signal` is aborted, which rejects with its reason.
 */
export async function startService(config: AppConfig, signal: AbortSignal): Promise<RunningRegistry> {
  Logger.overrideLogger(new RegistryLogger(config.logLevel));
  const database = await prepareDatabase(config, signal);
  try {
    // A primary process loads nothing of what only its workers need.
    const serve =
      config.workers === 1
        ? (await import('./start-registry.js')).startRegistry
        : (await import('./workers/start-workers.js')).startWorkers;
    const registry = await serve(config, database.settings, signal);
    return {
      port: registry.port,
      stop: async () => {
        await registry.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
