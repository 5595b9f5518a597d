import type { AppConfig } from '#libs/config/app-config.js';
import { ConfigError } from '#libs/config/config-error.js';
import { type MetricsServer, startMetricsServer } from '#libs/metrics/metrics-server.js';

/**
 * Serves metrics on METRICS_HOST and METRICS_PORT.
 *
 * @param text of this process, or of all workers
 * @throws ConfigError when nothing can listen there
 */
export async function serveMetrics(
  { metricsHost: host, metricsPort: port }: AppConfig,
  text: () => Promise<string>,
): Promise<MetricsServer | undefined> {
  if (port === undefined) return undefined;
  return startMetricsServer({ host, port, text }).catch((error: unknown) => {
    throw new ConfigError(
      `METRICS_HOST is ${JSON.stringify(host)} and METRICS_PORT is ${port}; ` +
        `allowed is an address of this machine with a free port (${(error as Error).message})`,
    );
  });
}
