import type { AppConfig } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { type MetricsServer, startMetricsServer } from '#libs/metrics/metrics-server.js';

/**
 * Serves metrics on METRICS_PORT.
 *
 * @param text of this process, or of all workers
 * @throws ConfigError when nothing can listen there
 */
export async function serveMetrics(
  { http, metricsPort: port }: AppConfig,
  text: () => Promise<string>,
): Promise<MetricsServer | undefined> {
  if (port === undefined) return undefined;
  return startMetricsServer({ host: http.host, port, text }).catch((error: unknown) => {
    throw new ConfigError(`METRICS_PORT is ${port}; allowed is a free port (${(error as Error).message})`);
  });
}
