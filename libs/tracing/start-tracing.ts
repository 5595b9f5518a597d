import { type Environment, SettingsReader } from '../config/settings-reader.js';
import { NO_TRACING, type Tracing } from './tracing.js';

const EXPORTERS = ['otlp', 'console'] as const;
type Exporter = (typeof EXPORTERS)[number];

/**
 * Traces when the standard variables ask for it: `OTEL_TRACES_EXPORTER`, or an OTLP endpoint, and not
 * `OTEL_SDK_DISABLED`. The packages are loaded only then.
 *
 * @throws ConfigError when they ask for what the registry has not
 */
export async function startTracing(environment: Environment, version: string): Promise<Tracing> {
  const exporters = exportersAskedFor(environment);
  if (exporters.length === 0) return NO_TRACING;
  const { OpenTelemetryTracing } = await import('./open-telemetry.js');
  return new OpenTelemetryTracing({ exporters, version });
}

function exportersAskedFor(environment: Environment): Exporter[] {
  const settings = new SettingsReader(environment);
  if (settings.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return [];
  const endpoint =
    settings.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? settings.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  const asked = settings.list('OTEL_TRACES_EXPORTER').filter((name) => name !== 'none');
  const isSilent = settings.text('OTEL_TRACES_EXPORTER') === undefined && endpoint !== undefined;
  const exporters = (isSilent ? ['otlp'] : asked).map((name) => {
    const exporter = EXPORTERS.find((known) => known === name);
    if (exporter === undefined) {
      throw settings.invalid('OTEL_TRACES_EXPORTER', name, `${EXPORTERS.join(', ')} or none`);
    }
    return exporter;
  });
  if (exporters.includes('otlp')) {
    refuseGrpc(settings);
    refuseOtherUrls(settings);
  }
  return exporters;
}

/** Collectors that take Protobuf over HTTP take JSON there, too; gRPC is something else. */
function refuseGrpc(settings: SettingsReader): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const protocol = settings.text(name);
    if (protocol === 'grpc') throw settings.invalid(name, protocol, 'http/json or http/protobuf');
  }
}

/** What they hold is not shown: collectors take tokens in their URLs. */
function refuseOtherUrls(settings: SettingsReader): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const url = settings.text(name);
    if (url !== undefined && !/^https?:\/\/[^\s/\\][^\s\\]*$/i.test(url)) {
      throw settings.invalid(name, '(hidden)', 'an http(s) URL such as http://collector.example.com:4318');
    }
  }
}
