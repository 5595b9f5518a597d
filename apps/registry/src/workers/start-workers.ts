import cluster from 'node:cluster';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { AppConfig } from '#libs/config/app-config.js';
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
  const assignment = {
    config: { ...config, http: { ...config.http, port: await lastingPort(config) } },
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
    return { port: assignment.config.http.port, metricsText: await metricsTextOf(config), stop };
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

/** The port to listen on, for as long as the service runs: 0 would mean another one once all workers have ended. */
async function lastingPort({ http }: AppConfig): Promise<number> {
  if (http.port !== 0) return http.port;
  const server = createServer().listen(0, http.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
