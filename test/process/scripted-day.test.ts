import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { endpoint } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, redirect, startOrigin } from '../support/loopback-origin.js';
import { familiesIn, familiesNamedIn, figureOf, isPromql } from '../support/metrics-text.js';
import { type CollectedSpan, type OtlpCollector, startCollector } from '../support/otlp-collector.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import type { Exit, ServiceProcess } from '../support/service-process.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { section } from '../support/walkthrough.js';

/** Is part of every secret of the day: nothing that can be seen from outside may hold it. */
const MARK = 'hush';
const ADMIN = { 'X-Admin-Key': `${MARK}-the-admin-key` };
const TRACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACEPARENT = { traceparent: `00-${TRACE.traceId}-${TRACE.spanId}-01` };
const JSON_BODY = { 'Content-Type': 'application/json' };

interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly context: string;
  readonly message: string;
}

const repositoryFile = (name: string): Promise<string> =>
  readFile(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('a day of the registry', () => {
  let database: TestDatabase;
  let line: SeverableLine;
  let collector: OtlpCollector;
  let origin: LoopbackOrigin;
  let sandbox: ProcessSandbox;
  let service: ServiceProcess;
  let url: string;
  /** Of the application, whose public part may be seen. */
  let apiKey: string;
  let metrics: string;
  let exit: Exit;
  const probedWith: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    line = await severableLine(database.url);
    collector = await startCollector();
    origin = await startOrigin((request, response) => {
      if (request.headers.traceparent !== undefined) probedWith.push(String(request.headers.traceparent));
      if (request.url?.startsWith('/circle') === true) redirect(request.url)(request, response);
      else response.end(MARK);
    });
    sandbox = await createProcessSandbox();
    const headersFile = join(sandbox.directory, 'otlp-headers');
    await writeFile(headersFile, `authorization=${MARK}\n`);
    service = sandbox.start({
      DATABASE_URL: line.url,
      SECRET_KEY: `${MARK}-the-secret-key`,
      REGISTRY_ADMIN_KEY: ADMIN['X-Admin-Key'],
      BCRYPT_COST: '4',
      LOG_LEVEL: 'debug',
      LOG_REQUESTS: 'true',
      METRICS_PORT: '0',
      RATE_LIMIT_MAX: '200',
      HEALTH_CHECK_INTERVAL: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS_FILE: headersFile,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    url = await service.ready;
    await work();
    await goAstray();
    await loseTheDatabase();
    await beProbed();
    metrics = await currentMetrics();
    service.signal('SIGTERM');
    exit = await service.exited;
  });
  afterAll(async () => {
    await sandbox.clear();
    await line.close();
    await origin.close();
    await collector.close();
    await database.drop();
  });

  function ask(
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ): Promise<WireAnswer> {
    return exchange(url, {
      method,
      target,
      headers: { ...headers, ...(body !== undefined && JSON_BODY) },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async function currentMetrics(): Promise<string> {
    const [, address = ''] = /^ {2}Metrics +(\S+)$/m.exec(service.output()) ?? [];
    return (await fetch(address)).text();
  }

  const figureNow = async (series: string): Promise<number> => figureOf(series, await currentMetrics()) ?? 0;

  /** What a deployment and the agents do. */
  async function work(): Promise<void> {
    await ask(
      'POST',
      '/applications',
      { ...ADMIN, ...TRACEPARENT, 'X-Request-Id': 'the-first' },
      {
        name: 'Orders',
        healthCheckUrl: `${origin.url}/health?token=${MARK}`,
      },
    );
    await ask('POST', '/applications', ADMIN, {
      name: 'Circles',
      healthCheckUrl: `${origin.url}/circle?token=${MARK}`,
    });
    const issued = await ask('POST', '/applications/orders/environments/production/api-keys', ADMIN, {
      name: 'deployment',
    });
    ({ apiKey } = JSON.parse(issued.body) as { apiKey: string });
    const registered = await ask(
      'POST',
      '/register/endpoints',
      { 'X-App-Key': 'orders', 'X-API-Key': apiKey },
      { app_key: 'orders', endpoints: [endpoint({ description: MARK })] },
    );
    expect(registered.status).toBe(200);
    for (let time = 0; time < 3; time += 1) await ask('GET', '/endpoints?app_key=orders');
    await ask('POST', '/health-check/applications/orders/check', { ...ADMIN, ...TRACEPARENT });
  }

  /** Secrets in all the places where they do not belong, and requests that make no sense. */
  async function goAstray(): Promise<void> {
    const [selector = ''] = /^mcp_[0-9a-f]+_/.exec(apiKey) ?? [];
    const everyHeader = {
      'X-Admin-Key': `${MARK}-wrong`,
      'X-App-Key': `${MARK}-app`,
      'X-API-Key': `${selector}${MARK.padEnd(43, 'x')}`,
      'X-Environment': `${MARK}-environment`,
      'X-Request-Id': `${MARK} is no id`,
      'X-Forwarded-For': `${MARK}-address`,
      traceparent: `00-${MARK}`,
      tracestate: `vendor=${MARK}`,
      authorization: `Bearer ${MARK}`,
      cookie: `session=${MARK}`,
      'user-agent': MARK,
      accept: MARK,
      'if-none-match': `"${MARK}"`,
      referer: `https://example.com/?token=${MARK}`,
    };
    const { 'X-Admin-Key': _, ...asApplication } = everyHeader;
    for (const headers of [everyHeader, asApplication, { ...everyHeader, ...ADMIN }]) {
      for (const [method, target, body] of [
        ['GET', `/applications?token=${MARK}`, undefined],
        ['GET', `/endpoints?app_key=${MARK}&environment=${MARK}`, undefined],
        ['PUT', `/applications/${MARK}`, { name: MARK, password: MARK }],
        ['POST', '/applications', { name: 7, appKey: `${MARK} ${MARK}`, password: MARK }],
        ['POST', '/applications', `{"name": "${MARK}`],
        ['POST', '/register/endpoints', { app_key: 'orders', endpoints: [{ path: MARK }] }],
        ['GET', `/${MARK}/${apiKey}?api_key=${apiKey}`, undefined],
        ['PATCH', `/applications/${MARK}`, undefined],
      ] as const) {
        await ask(method, target, headers, body);
      }
    }
    await ask('GET', '/endpoints?app_key=orders', { 'X-App-Key': apiKey, 'X-API-Key': apiKey });
    await ask('PUT', '/applications/orders', { 'X-App-Key': apiKey, 'X-API-Key': 'orders' }, {});
  }

  async function loseTheDatabase(): Promise<void> {
    await line.cut();
    const answer = await ask('GET', `/applications?token=${MARK}`, {
      ...ADMIN,
      ...TRACEPARENT,
      'X-Request-Id': 'in-the-outage',
    });
    expect(answer.status).toBe(503);
    await eventually(() => figureNow('mcp_registry_change_feed_current'), {
      fits: (current) => current === 0,
    });
    await line.mend();
    await eventually(() => figureNow('mcp_registry_change_feed_current'), {
      fits: (current) => current === 1,
    });
  }

  async function beProbed(): Promise<void> {
    await eventually(() => figureNow('mcp_registry_probe_round_ratio_count'), { fits: (count) => count > 3 });
    for (const change of ['orders is ACTIVE', 'circles is INACTIVE']) {
      await eventually(() => service.output(), { fits: (output) => output.includes(change) });
    }
    // Remembered again, now that nothing changes any more.
    await ask('GET', '/endpoints?app_key=orders');
    // What exceeds the limit, last, since after it nothing else gets through.
    await eventually(async () => (await ask('GET', `/applications?token=${MARK}`, ADMIN)).status, {
      fits: (status) => status === 429,
    });
  }

  function logged(): LogLine[] {
    return exit.stdout
      .split('\n')
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as LogLine);
  }

  const linesOf = (context: string): LogLine[] => logged().filter((each) => each.context === context);

  it('ends well', () => {
    expect([exit.code, exit.stderr]).toEqual([0, '']);
  });

  describe('the log', () => {
    it('has a line of JSON for each message, after the start block', () => {
      const [, after = ''] = exit.stdout.split(/^ {2}Admin key .*\n/m);
      expect(after.split('\n').filter((text) => text !== '' && !text.startsWith('{'))).toEqual([]);
      for (const { level, time, context, message } of logged()) {
        expect(['debug', 'info', 'warning', 'error', 'critical']).toContain(level);
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect([typeof context, typeof message]).toEqual(['string', 'string']);
      }
    });

    it('has a line for each request, with ids and the template of its route', () => {
      expect(linesOf('Requests')[0]).toEqual({
        level: 'info',
        time: expect.any(String),
        requestId: 'the-first',
        traceId: TRACE.traceId,
        context: 'Requests',
        message: 'POST /applications 201',
        method: 'POST',
        route: '/applications',
        status: 201,
        durationMs: expect.any(Number),
        network: '127.0.0.1',
      });
      const told = linesOf('Requests').map(({ message }) => message);
      expect(told).toEqual(
        expect.arrayContaining([
          'GET /endpoints 200',
          'GET unknown 404',
          'PATCH /applications/:app_key 405',
          'PUT /applications/:app_key 401',
          'POST /applications 400',
        ]),
      );
      expect(linesOf('Requests').every(({ requestId }) => typeof requestId === 'string')).toBe(true);
    });

    it('says what went wrong, in which request', () => {
      expect(linesOf('ProblemFilter')).toContainEqual({
        level: 'warning',
        time: expect.any(String),
        requestId: 'in-the-outage',
        traceId: TRACE.traceId,
        context: 'ProblemFilter',
        message: expect.stringMatching(/^GET \/applications failed: /),
      });
    });

    it('says what observability.md says', () => {
      const told = logged().map(({ level, context, message }) => `${level} ${context}: ${message}`);
      for (const expected of [
        /^warning RefusalLog: Refused credentials from 127\.0\.0\.1: wrong-admin-key \(\d+×\)$/,
        /^warning RefusalLog: Refused credentials from 127\.0\.0\.1: wrong-api-key \(\d+×\)$/,
        /^warning ChangeFeed: Change feed disconnected: /,
        /^info HealthRecorder: orders is ACTIVE, was UNKNOWN$/,
        /^info HealthRecorder: circles is INACTIVE, was UNKNOWN \(redirect loop at http:\/\/127\.0\.0\.1:\d+\/circle\)$/,
      ]) {
        expect(told).toContainEqual(expect.stringMatching(expected));
      }
    });
  });

  describe('what can be seen', () => {
    it.each(['log', 'metrics', 'spans'])('holds no secret in its %s', (what) => {
      const seen = { log: service.output(), metrics, spans: collector.received.join('\n') }[what] ?? '';
      const [, secret = ''] = /^mcp_[0-9a-f]+_(.+)$/.exec(apiKey) ?? [];
      expect(seen).toMatch(/applications/);
      const lines = seen.split('\n');
      for (const hidden of [MARK, secret, new URL(database.url).password].filter((each) => each !== '')) {
        expect(lines.filter((each) => each.includes(hidden))).toEqual([]);
      }
    });
  });

  it('sends spans with the headers of the file', () => {
    expect(new Set(collector.authorizations)).toEqual(new Set([MARK]));
  });

  describe('metrics', () => {
    it.each([
      [
        'mcp_registry_http_request_duration_seconds_count{method="POST",route="/applications",status="201"}',
        2,
      ],
      ['mcp_registry_http_request_duration_seconds_count{method="GET",route="/endpoints",status="200"}', 5],
      ['mcp_registry_http_request_duration_seconds_count{method="GET",route="unknown",status="404"}', 3],
      [
        'mcp_registry_http_request_duration_seconds_count{method="other",route="/applications/:app_key",status="405"}',
        3,
      ],
      [
        'mcp_registry_http_request_duration_seconds_count{method="GET",route="/applications",status="503"}',
        1,
      ],
      [
        'mcp_registry_http_request_duration_seconds_count{method="GET",route="/applications",status="429"}',
        1,
      ],
      ['mcp_registry_rate_limited_requests_total', 1],
      ['mcp_registry_bcrypt_task_duration_seconds_count', 3],
      ['mcp_registry_bcrypt_refused_total', 0],
      ['mcp_registry_audit_entries_total{action="application.created"}', 2],
      ['mcp_registry_audit_entries_total{action="endpoints.registered"}', 1],
      ['mcp_registry_change_feed_current', 1],
      ['mcp_registry_database_connections_limit', 19],
    ])('count %s', (series, figure) => {
      expect(figureOf(series, metrics)).toBe(figure);
    });

    it.each([
      'mcp_registry_authentications_total{result="accepted"}',
      'mcp_registry_authentications_total{result="wrong-admin-key"}',
      'mcp_registry_authentications_total{result="wrong-api-key"}',
      'mcp_registry_admin_key_uses_total',
      'mcp_registry_memory_reads_total{memory="discovery",result="hit"}',
      'mcp_registry_memory_reads_total{memory="discovery",result="miss"}',
      'mcp_registry_memory_reads_total{memory="key-standings",result="miss"}',
      'mcp_registry_memory_reads_total{memory="key-comparisons",result="miss"}',
      'mcp_registry_memory_bytes{memory="discovery"}',
      'mcp_registry_change_feed_interruptions_total',
      'mcp_registry_probes_total{outcome="success"}',
      'mcp_registry_probes_total{outcome="failure"}',
      'mcp_registry_probe_lateness_seconds_count',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
    ])('have something in %s', (series) => {
      expect(figureOf(series, metrics)).toBeGreaterThan(0);
    });

    it('have few series, whatever clients make up', () => {
      expect(metrics.split('\n').filter((text) => text.startsWith('mcp_registry_')).length).toBeLessThan(600);
    });
  });

  describe('traces', () => {
    const spans = (fits: (span: CollectedSpan) => boolean): CollectedSpan[] => collector.spans.filter(fits);

    it('have the span of a request below the one it names, and its statements below that', () => {
      const [request] = spans(({ attributes }) => attributes['mcp_registry.request_id'] === 'the-first');
      expect(request).toMatchObject({
        traceId: TRACE.traceId,
        parentSpanId: TRACE.spanId,
        name: 'POST /applications',
        kind: 2,
        service: 'mcp-registry',
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/applications',
          'http.response.status_code': 201,
        },
      });
      const statements = spans(({ parentSpanId }) => parentSpanId === request?.spanId);
      expect(statements.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['START', 'INSERT', 'COMMIT']),
      );
      expect(statements.every(({ kind, traceId }) => kind === 3 && traceId === TRACE.traceId)).toBe(true);
    });

    it('go on at what is probed', () => {
      const [request] = spans(({ name }) => name === 'POST /health-check/applications/:app_id/check');
      const [probe] = spans(({ name, parentSpanId }) => name === 'GET' && parentSpanId === request?.spanId);
      expect(probe?.attributes).toMatchObject({
        'server.address': '127.0.0.1',
        'server.port': origin.port,
        'http.response.status_code': 200,
      });
      expect(probedWith).toContain(`00-${TRACE.traceId}-${probe?.spanId ?? ''}-01`);
    });

    it('begin with a probe of the schedule', () => {
      const probes = spans(({ name, parentSpanId }) => name === 'GET' && parentSpanId === undefined);
      expect(probes.length).toBeGreaterThan(0);
      expect(spans(({ kind, parentSpanId }) => kind === 3 && parentSpanId === undefined)).toEqual(probes);
    });
  });

  describe('what is written about metrics', () => {
    let exported: ReadonlySet<string>;
    let handbook: string;
    let alerts: string;
    let dashboard: string;

    beforeAll(async () => {
      exported = familiesIn(metrics);
      handbook = section(await repositoryFile('docs/observability.md'), 'Metrics and alerts');
      alerts = await repositoryFile('deploy/prometheus/alerts.yaml');
      dashboard = await repositoryFile('deploy/grafana/mcp-registry.json');
    });

    it('names only metrics there are', () => {
      for (const text of [handbook, alerts, dashboard]) {
        const named = familiesNamedIn(text, exported);
        expect(named.size).toBeGreaterThan(5);
        expect([...named].filter((name) => !exported.has(name))).toEqual([]);
      }
    });

    it('explains every one of the registry’s own, and shows it in the dashboard', () => {
      const own = [...exported].filter((name) => name.startsWith('mcp_registry_')).sort();
      for (const text of [handbook, dashboard]) {
        const named = [...familiesNamedIn(text, exported)].filter((name) => name.startsWith('mcp_registry_'));
        expect(named.sort()).toEqual(own);
      }
    });

    it('has alerts that Prometheus can load, each explained', () => {
      const { groups } = parse(alerts) as { groups: { name: string; rules: Record<string, unknown>[] }[] };
      const rules = groups.flatMap((group) => group.rules);
      for (const rule of rules) {
        expect(rule).toEqual({
          alert: expect.stringMatching(/^Registry[A-Za-z]+$/),
          expr: expect.any(String),
          for: expect.stringMatching(/^\d+[smh]$/),
          labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
          annotations: { summary: expect.any(String), description: expect.any(String) },
        });
        expect([rule.expr, isPromql(rule.expr as string)]).toEqual([rule.expr, true]);
      }
      const explained = [...handbook.matchAll(/`(Registry[A-Za-z]+)`/g)].map(([, name]) => name);
      expect(explained.sort()).toEqual(rules.map(({ alert }) => alert).sort());
    });

    it('has a dashboard that Grafana can import', () => {
      const { title, uid, schemaVersion, panels } = JSON.parse(dashboard) as {
        title: string;
        uid: string;
        schemaVersion: number;
        panels: { id: number; title: string; targets: { expr: string }[] }[];
      };
      expect([title, uid, schemaVersion]).toEqual(['MCP Registry Server', 'mcp-registry', 39]);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { targets } of panels) {
        for (const { expr } of targets) expect([expr, isPromql(expr)]).toEqual([expr, true]);
      }
    });
  });
});
