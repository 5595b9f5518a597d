import cluster from 'node:cluster';
import { once } from 'node:events';
import getPort from 'get-port';
import type { AppConfig } from '#libs/config/app-config.js';
import type { PreparedDatabase } from '../prepare-database.js';
import type { RunningRegistry } from '../start-registry.js';
import { WorkerSlot } from './worker-slot.js';

/**
 * Serves with several processes on one port, each with its share of the database connections. Ready when all workers
 * are; from then on a worker that exits is replaced. The workers exit with this process, however it exits.
 */
export async function startWorkers(
  config: AppConfig,
  database: PreparedDatabase['settings'],
  signal: AbortSignal,
): Promise<RunningRegistry> {
  signal.throwIfAborted();
  cluster.setupPrimary({ serialization: 'advanced' });
  const { http } = config;
  // Fixed while the service runs: with 0, the port would change once all workers have exited.
  const port = http.port === 0 ? await getPort({ host: http.host }) : http.port;
  const assignment = {
    config: { ...config, http: { ...http, port } },
    database: { ...database, maxConnections: Math.floor(database.maxConnections / config.workers) },
  };
  const slots = Array.from({ length: config.workers }, (_, index) => new WorkerSlot(index + 1, assignment));
  const stop = async (): Promise<void> => {
    await Promise.all(slots.map((slot) => slot.stop()));
  };
  const aborted = once(signal, 'abort').then(() => {
    throw signal.reason;
  });
  try {
    await Promise.race([Promise.all(slots.map((slot) => slot.start())), aborted]);
    return { port, metricsText: await metricsTextOf(config), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function metricsTextOf({ metricsPort }: AppConfig): Promise<RunningRegistry['metricsText']> {
  if (metricsPort === undefined) return undefined;
  const { metricsOfWorkers } = await import('#libs/metrics/prometheus-metrics.js');
  return metricsOfWorkers();
}
