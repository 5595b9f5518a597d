import fc from 'fast-check';
import { AnswerContract } from '../support/answer-contract.js';
import { exchange } from '../support/http-exchange.js';
import { afterAll, describe, expect, it } from '../support/jest.js';
import { endingOperationsOf, type OpenApiDocument } from '../support/openapi-operations.js';
import { rawExchange } from '../support/raw-connection.js';
import { spawnService } from '../support/spawned-service.js';
import { brokenRequests } from './broken-requests.js';
import { hostileText, hostileValue, rawJson } from './hostile-values.js';
import { KNOWN } from './known-names.js';
import { KnownWorld } from './known-world.js';
import { examplePlan, requestPlans } from './request-plans.js';

/** Requests to each operation; 2,500 take some ten minutes. PROPERTY_SEED repeats a run that failed. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 10);
const SEED = process.env.PROPERTY_SEED === undefined ? undefined : Number(process.env.PROPERTY_SEED);
const PARAMETERS = { numRuns: RUNS, ...(SEED !== undefined && { seed: SEED }) };
const TIMEOUT_MS = 60_000 + RUNS * 200;

// Started before the tests are named: they are named after its operations.
const service = await spawnService({
  LOG_LEVEL: 'warning',
  TRUST_PROXY: 'true',
  // Small, so that a body beyond it is quickly made.
  BATCH_MAX_BYTES: '65536',
  BATCH_MAX_ENDPOINTS: '3',
});
const document = JSON.parse(
  (await exchange(service.url, { method: 'GET', target: '/openapi.json', headers: {} })).body,
) as OpenApiDocument;

describe('no request ends the service or makes it answer 5xx', () => {
  const world = new KnownWorld(service);
  const contract = new AnswerContract(document);

  afterAll(() => service.stop());

  it.each(endingOperationsOf(document).map((operation) => [operation.name, operation] as const))(
    '%s',
    async (_, operation) => {
      const example = examplePlan(document, operation);
      const { answer } = await world.send(example);
      expect(`${answer.status} ${answer.body}`).toMatch(/^20[014] /);
      await fc.assert(
        fc.asyncProperty(requestPlans(document, operation), async (plan) => {
          const { request, answer } = await world.send(plan);
          const faults = leadsElsewhere(request.target, operation.path)
            ? contract.faults(request, answer)
            : contract.operationFaults(operation, request, answer);
          expect(faults).toEqual([]);
        }),
        { ...PARAMETERS, examples: [[example]] },
      );
      await expectHealthy();
    },
    TIMEOUT_MS,
  );

  const argument = fc.oneof(
    fc.constantFrom(...Object.values(KNOWN)),
    hostileText,
    hostileValue,
    fc.array(hostileText, { maxLength: 4 }),
    fc.integer({ min: 1, max: 500 }),
  );
  /** What each tool takes, and what it cannot do without. */
  const TOOLS: Readonly<Record<string, readonly [names: readonly string[], needed: object]>> = {
    search_endpoints: [
      ['query', 'alsoTry', 'environment', 'application', 'method', 'health', 'limit', 'cursor'],
      { query: 'orders' },
    ],
    get_endpoints: [['ids', 'application', 'method', 'path', 'environment', 'detail', 'maxTokens'], {}],
    list_applications: [['environment', 'health', 'limit', 'cursor'], {}],
    list_endpoints: [
      ['application', 'environment', 'tag', 'limit', 'cursor'],
      { application: KNOWN.app_key },
    ],
  };

  it.each(Object.entries(TOOLS))(
    'calls of the tool %s',
    async (name, [names, needed]) => {
      const some = fc.record(Object.fromEntries(names.map((each) => [each, argument])), { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(some, async (given) => {
          const params = { name, arguments: { ...needed, ...given } };
          const { request, answer } = await world.send({
            method: 'POST',
            target: '/mcp',
            credentials: 'admin',
            headers: { 'Content-Type': 'application/json' },
            body: rawJson({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
          });
          // 400 for JSON that no route takes, such as a text with a null character; 413 beyond BATCH_MAX_BYTES.
          expect([200, 400, 413]).toContain(answer.status);
          expect(answer.body).not.toContain('-32603');
          expect(contract.faults(request, answer)).toEqual([]);
        }),
        { ...PARAMETERS, numRuns: 2 * RUNS },
      );
      await expectHealthy();
    },
    TIMEOUT_MS,
  );

  it(
    'bytes that are hardly HTTP',
    async () => {
      await fc.assert(
        fc.asyncProperty(brokenRequests(), async (bytes) => {
          const answer = await rawExchange(service.url, bytes, { halfClose: true });
          expect(answer).toMatch(/^$|^HTTP\/1\.1 [1-4]\d\d /);
        }),
        PARAMETERS,
      );
      await expectHealthy();
    },
    TIMEOUT_MS,
  );

  let read = 0;

  /** What the service logged of failures since it was last asked, its own or the database's: an answer may hide one. */
  function newComplaints(): string[] {
    const news = service.output().slice(read);
    read += news.length;
    return news
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"|"context":"ProblemFilter"/.test(line))
      .map((line) => line.slice(0, 1000));
  }

  async function expectHealthy(): Promise<void> {
    const health = await exchange(service.url, { method: 'GET', target: '/health', headers: {} });
    expect({ running: service.isRunning(), status: health.status, complaints: newComplaints() }).toEqual({
      running: true,
      status: 200,
      complaints: [],
    });
  }
});

/** Whether a path made from a template is another route's: of another length, or a sibling's fixed name. */
function leadsElsewhere(target: string, template: string): boolean {
  const segments = target
    .replace(/[?#].*$/s, '')
    .replace(/\/$/, '')
    .split('/');
  return (
    segments.length !== template.split('/').length ||
    (segments.includes('with-endpoints') && !template.includes('with-endpoints'))
  );
}
