import { Logger } from '@nestjs/common';
import {
  type Attributes,
  context,
  diag,
  type DiagLogger,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, ConsoleSpanExporter, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parsedUrl } from '../validation/parsed-url.js';
import { routeOf } from './route.js';
import { parseTraceparent, traceparentOf } from './traceparent.js';
import { type OutboundResult, type Statement, Tracing } from './tracing.js';

/** How long the stop of the service may wait for a collector. */
const FLUSH_MS = 3000;
/** A collector that is away is worth a line now and then, not one for every batch. */
const COMPLAINT_INTERVAL_MS = 60_000;

export interface OpenTelemetryOptions {
  readonly exporters: readonly ('otlp' | 'console')[];
  readonly version: string;
}

/** Records spans with the OpenTelemetry SDK, which takes its own settings from the standard `OTEL_*` variables. */
export class OpenTelemetryTracing extends Tracing {
  readonly isOn = true;
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;

  constructor({ exporters, version }: OpenTelemetryOptions) {
    super();
    diag.setLogger(complaints(), DiagLogLevel.WARN);
    const resource = defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'mcp-registry', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] }));
    this.provider = new NodeTracerProvider({
      resource,
      spanProcessors: exporters.map(
        (exporter) =>
          new BatchSpanProcessor(exporter === 'otlp' ? new OTLPTraceExporter() : new ConsoleSpanExporter()),
      ),
    });
    this.provider.register();
    this.tracer = this.provider.getTracer('mcp-registry', version);
  }

  traceRequests(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const span = this.tracer.startSpan(
        `${request.method} ${routeOf(request)}`,
        { kind: SpanKind.SERVER, attributes: attributesOf(request) },
        parentOf(request),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      request.traceContext = { traceId, spanId, flags: traceFlags };
      // Also when the client gives up.
      reply.raw.once('close', () => {
        const { statusCode, writableFinished } = reply.raw;
        if (!writableFinished) span.setAttribute('error.type', 'aborted');
        else span.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      context.with(trace.setSpan(context.active(), span), done);
    });
  }

  annotate(attributes: Readonly<Record<string, string>>): void {
    trace.getActiveSpan()?.setAttributes(attributes);
  }

  statement({ text, startedAt, error }: Statement): void {
    // Background jobs query the database several times a second: their statements are not traced.
    if (trace.getActiveSpan() === undefined) return;
    const statement = text.trim();
    const [operation = ''] = statement.split(/\s/, 1);
    const span = this.tracer.startSpan(operation.toUpperCase(), {
      kind: SpanKind.CLIENT,
      startTime: startedAt,
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': statement },
    });
    if (error !== undefined) fail(span, (error as { code?: string }).code ?? 'error');
    span.end();
  }

  outbound<Outcome>(
    url: string,
    ask: (traceparent: string | undefined) => Promise<Outcome>,
    resultOf: (outcome: Outcome) => OutboundResult,
  ): Promise<Outcome> {
    const options = { kind: SpanKind.CLIENT, attributes: targetOf(url) };
    return this.tracer.startActiveSpan('GET', options, async (span) => {
      const { traceId, spanId, traceFlags } = span.spanContext();
      try {
        const outcome = await ask(traceparentOf({ traceId, spanId, flags: traceFlags }));
        const { statusCode, failure } = resultOf(outcome);
        if (statusCode !== undefined) span.setAttribute('http.response.status_code', statusCode);
        if (failure !== undefined) fail(span, failure);
        else if (statusCode !== undefined && statusCode >= 400) fail(span, String(statusCode));
        return outcome;
      } catch (error) {
        fail(span, 'aborted');
        throw error;
      } finally {
        span.end();
      }
    });
  }

  async close(): Promise<void> {
    const flushed = this.provider.shutdown().catch(() => undefined);
    await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref())]);
  }
}

function parentOf(request: FastifyRequest): ReturnType<typeof context.active> {
  if (parseTraceparent(request.headers.traceparent) === undefined) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, request.headers);
}

/** Never the query or a header: either may hold a secret. */
function attributesOf(request: FastifyRequest): Attributes {
  return {
    'http.request.method': request.method,
    'http.route': routeOf(request),
    'url.scheme': request.protocol,
    'mcp_registry.request_id': request.id,
  };
}

/** Without path and query, which are what others registered. */
function targetOf(url: string): Attributes {
  const { protocol, hostname, port } = parsedUrl(url) ?? { protocol: '', hostname: '', port: '' };
  return {
    'http.request.method': 'GET',
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The SDK tells errors as JSON, with a stack and what else they carry. */
function reasonIn(complaint: string): string {
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(complaint)?.[1] ?? complaint;
}

function complaints(): DiagLogger {
  const logger = new Logger('Tracing');
  let complainedAt = -Infinity;
  const complain = (message: string): void => {
    const now = performance.now();
    if (now - complainedAt < COMPLAINT_INTERVAL_MS) return;
    complainedAt = now;
    logger.warn(reasonIn(message));
  };
  const nothing = (): void => undefined;
  return { error: complain, warn: complain, info: nothing, debug: nothing, verbose: nothing };
}
