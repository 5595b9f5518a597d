import type { Metrics } from '#libs/metrics/metrics.js';
import type { ListenerTls } from './listener-tls.js';

const NOT_AFTER = {
  name: 'mcp_registry_tls_certificate_not_after_seconds',
  help: 'When the first certificate of the service or authority of operators expires, in seconds since 1970.',
  labels: ['certificate'],
  // The worker that uses the oldest one.
  ofWorkers: 'min',
} as const;

/** Tells when the certificates expire; without TLS the metric has no figure. */
export function measureCertificates(metrics: Metrics, tls: ListenerTls | undefined): void {
  metrics.gauge(NOT_AFTER, { certificate: 'service' }, () => seconds(tls?.certificateEnd));
  metrics.gauge(NOT_AFTER, { certificate: 'operators' }, () => seconds(tls?.clientAuthorityEnd));
}

function seconds(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : time.getTime() / 1000;
}
