import { ConfigError } from '#libs/config/config-error.js';
import { startTracing } from '#libs/tracing/start-tracing.js';
import { NO_TRACING } from '#libs/tracing/tracing.js';
import { describe, expect, it } from '../../support/jest.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('traces', () => {
  it.each([
    {},
    { OTEL_SERVICE_NAME: 'ours' },
    { OTEL_TRACES_EXPORTER: 'none' },
    { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
    { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' },
    { OTEL_TRACES_EXPORTER: 'console', OTEL_SDK_DISABLED: 'TRUE' },
  ])('are not recorded with %j', async (environment) => {
    expect(await startTracing(environment, '1.2.3')).toBe(NO_TRACING);
  });

  it.each([
    [
      { OTEL_TRACES_EXPORTER: 'zipkin' },
      'OTEL_TRACES_EXPORTER is "zipkin"; allowed is otlp, console or none',
    ],
    [
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed is http/json or http/protobuf',
    ],
    [
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "grpc"; allowed is http/json or http/protobuf',
    ],
    [
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS_FILE: '/nonexistent/headers' },
      'OTEL_EXPORTER_OTLP_HEADERS_FILE is "/nonexistent/headers", which cannot be read (ENOENT)',
    ],
    [
      {
        ...ENDPOINT,
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=b',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE: '/nonexistent/headers',
      },
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS and OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE are both set; set one of them',
    ],
  ])('are refused with %j', async (environment, message) => {
    await expect(startTracing(environment, '1.2.3')).rejects.toThrow(new ConfigError(message));
  });
});
