import cluster from 'node:cluster';
import type { AppConfig } from '#libs/config/app-config.js';
import type { Environment } from '#libs/config/settings-reader.js';
import { type Metrics, NO_METRICS } from '#libs/metrics/metrics.js';
import { startTracing } from '#libs/tracing/start-tracing.js';
import { NO_TRACING, type Tracing } from '#libs/tracing/tracing.js';
import { version } from '../version.js';

/** Metrics and traces of a process. */
export interface Observability {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** All metrics in Prometheus' text format; absent without METRICS_PORT. */
  readonly metricsText?: () => Promise<string>;
}

/** Nothing is recorded. */
export const NO_OBSERVABILITY: Observability = { metrics: NO_METRICS, tracing: NO_TRACING };

/**
 * Metrics when METRICS_PORT is set, traces when `OTEL_*` variables ask for them; otherwise their packages are not
 * loaded.
 *
 * @throws ConfigError when the variables ask for something that is not supported
 */
export async function startObservability(
  config: AppConfig,
  environment: Environment,
): Promise<Observability> {
  const tracing = await startTracing(environment, version);
  if (config.metricsPort === undefined) return { metrics: NO_METRICS, tracing };
  const { PrometheusMetrics } = await import('#libs/metrics/prometheus-metrics.js');
  const metrics = new PrometheusMetrics();
  if (cluster.isWorker) metrics.answerPrimary();
  metrics.gauge(
    {
      name: 'mcp_registry_build_info',
      help: 'Always 1; its labels say what runs.',
      labels: ['version', 'node'],
      ofWorkers: 'first',
    },
    { version, node: process.version },
    () => 1,
  );
  return { metrics, tracing, metricsText: () => metrics.text() };
}
