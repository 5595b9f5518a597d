import cluster from 'node:cluster';
import { once } from 'node:events';
import type { AppConfig } from '#libs/config/app-config.js';
import { freePort } from '#libs/network/free-port.js';
import type { PreparedDatabase } from '../prepare-database.js';
import type { RunningRegistry } from '../start-registry.js';
import { WorkerPlace } from './worker-place.js';

/**
 * Serves with several processes on one port, each on its share of the connections to the database. Ready when all are;
 * from then on a worker that ends is replaced. The workers end with this process, however it ends.
 */
export async function startWorkers(
  config: AppConfig,
  database: PreparedDatabase['settings'],
  signal: AbortSignal,
): Promise<RunningRegistry> {
  signal.throwIfAborted();
  cluster.setupPrimary({ serialization: 'advanced' });
  const { http } = config;
  // For as long as the service runs: 0 would mean another port once all workers have ended.
  const port = http.port === 0 ? await freePort(http.host) : http.port;
  const assignment = {
    config: { ...config, http: { ...http, port } },
    database: { ...database, maxConnections: Math.floor(database.maxConnections / config.workers) },
  };
  const places = Array.from({ length: config.workers }, (_, index) => new WorkerPlace(index + 1, assignment));
  const stop = async (): Promise<void> => {
    await Promise.all(places.map((place) => place.stop()));
  };
  const aborted = once(signal, 'abort').then(() => {
    throw signal.reason;
  });
  try {
    await Promise.race([Promise.all(places.map((place) => place.start())), aborted]);
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
