import fc from 'fast-check';
import { insertApplications, insertEnvironments } from '../support/bulk-rows.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const SEQUENCES = Number(process.env.FRESHNESS_SEQUENCES ?? 2);
const STEPS = 40;
/** What a process may not know yet of another one's changes. */
const PROMISED_MS = 1000;

const ADMIN = { 'X-Admin-Key': GIVEN_SECRETS.REGISTRY_ADMIN_KEY };
const APPLICATIONS = ['harbour', 'meadow'];
const ENVIRONMENTS = ['production', 'staging'];
/** No two of them are alike, nor like anything in the other applications. */
const WORDS = ['zeppelin', 'quokka', 'flugelhorn', 'marzipan'];
/** Applications beside those that change. */
const OTHERS = 1000;

let database: TestDatabase;
let sandbox: ProcessSandbox;
let urls: string[];
/** Of an operator who is bound to production. */
let bound: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await createProcessSandbox();
  const start = (): Promise<string> =>
    sandbox.start({ DATABASE_URL: database.url, ...GIVEN_SECRETS, BCRYPT_COST: '4' }).ready;
  urls = [await start()];
  // With rows, of which the process that runs already is told by the change feed.
  await insertApplications(database, OTHERS);
  await insertEnvironments(database, { endpoints: 3 });
  urls.push(await start());
  for (const appKey of APPLICATIONS) await create(appKey);
  await ask(0, 'POST', '/operators', {
    name: 'bound',
    kind: 'agent',
    role: 'agent',
    environments: ['production'],
  });
  const { key } = (await ask(0, 'POST', '/operators/bound/keys', { name: 'a' })).body as { key: string };
  bound = { 'X-Admin-Key': key };
});
afterAll(async () => {
  await sandbox.clear();
  await database.drop();
});

function create(appKey: string): Promise<Answer> {
  return ask(0, 'POST', '/applications', {
    name: appKey,
    appKey,
    environments: ENVIRONMENTS.map((name) => ({ name })),
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(
  process: number,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = ADMIN,
): Promise<Answer> {
  const response = await fetch(`${urls[process] ?? ''}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** What an environment had from a time on, as a process acknowledged it. */
interface State {
  readonly words: readonly string[];
  readonly process: number;
  readonly at: number;
}

interface Hit {
  readonly application: string;
  readonly environment: string;
  readonly name: string;
}

class World {
  private readonly states = new Map<string, State[]>();

  constructor() {
    for (const appKey of APPLICATIONS) {
      for (const environment of ENVIRONMENTS) this.states.set(`${appKey} ${environment}`, []);
    }
  }

  /** Registers exactly these words. */
  async register(
    process: number,
    appKey: string,
    environment: string,
    words: readonly string[],
  ): Promise<void> {
    const endpoints = words.map((word) => ({ name: `Feed the ${word}`, path: `/${word}`, method: 'POST' }));
    // A set must not be empty.
    const resting = { name: 'Rest', path: '/rest', method: 'GET' };
    const { status, body } = await ask(
      process,
      'PUT',
      `/applications/${appKey}/environments/${environment}/endpoints`,
      { endpoints: [...endpoints, resting] },
    );
    expect(status).toBe(200);
    const { added, deleted } = body as { added: number; deleted: number };
    // Of a set that is there already, a process need not know who brought it.
    if (added + deleted > 0) this.note(appKey, environment, words, process);
  }

  /** Deletes an application, and creates it as it was before anything was registered. */
  async recreate(process: number, appKey: string): Promise<void> {
    expect((await ask(process, 'DELETE', `/applications/${appKey}`)).status).toBe(204);
    for (const environment of ENVIRONMENTS) this.note(appKey, environment, [], process);
    expect((await create(appKey)).status).toBe(201);
  }

  async search(process: number, word: string, asBound: boolean, overMcp: boolean): Promise<void> {
    const headers = asBound ? bound : ADMIN;
    const begun = Date.now();
    const environments = asBound || overMcp ? ['production'] : ENVIRONMENTS;
    const hits = overMcp
      ? await searchOverMcp(process, word, headers)
      : await searchOverHttp(process, word, headers);
    const found = hits.filter(({ name }) => name.includes(word));
    for (const { application, environment } of found) {
      expect(environments).toContain(environment);
      // Nothing was changed while it searched: what is gone is not found.
      expect([application, environment, this.latest(application, environment)]).toEqual([
        application,
        environment,
        expect.arrayContaining([word]),
      ]);
    }
    for (const appKey of APPLICATIONS) {
      for (const environment of environments) {
        const possible = this.possible(process, appKey, environment, begun);
        if (!possible.every((words) => words.includes(word))) continue;
        expect([word, ...found.map((hit) => `${hit.application} ${hit.environment}`)]).toContain(
          `${appKey} ${environment}`,
        );
      }
    }
  }

  private note(appKey: string, environment: string, words: readonly string[], process: number): void {
    this.states.get(`${appKey} ${environment}`)?.push({ words, process, at: Date.now() });
  }

  private latest(appKey: string, environment: string): readonly string[] {
    return this.states.get(`${appKey} ${environment}`)?.at(-1)?.words ?? [];
  }

  /** The sets that a process may still believe in: from the last that it must know of. */
  private possible(process: number, appKey: string, environment: string, now: number): (readonly string[])[] {
    const states = this.states.get(`${appKey} ${environment}`) ?? [];
    const known = states.findLastIndex((state) => state.process === process || state.at <= now - PROMISED_MS);
    return known < 0 ? [[]] : states.slice(known).map(({ words }) => words);
  }
}

async function searchOverHttp(
  process: number,
  word: string,
  headers: Record<string, string>,
): Promise<Hit[]> {
  const { status, body } = await ask(
    process,
    'GET',
    `/search?q=feed+the+${word}&kind=endpoints`,
    undefined,
    headers,
  );
  expect(status).toBe(200);
  return (body as { hits: Hit[] }).hits;
}

async function searchOverMcp(process: number, word: string, headers: Record<string, string>): Promise<Hit[]> {
  const params = { name: 'search_endpoints', arguments: { query: `feed the ${word}` } };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  const { status, body } = await ask(process, 'POST', '/mcp', message, headers);
  expect(status).toBe(200);
  const { hits } = (body as { result: { structuredContent: { hits: Hit[] } } }).result.structuredContent;
  return hits;
}

const aProcess = fc.nat({ max: 1 });
const anApplication = fc.constantFrom(...APPLICATIONS);
const aWord = fc.constantFrom(...WORDS);

type Step = (world: World) => Promise<void>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(aProcess, anApplication, fc.constantFrom(...ENVIRONMENTS), fc.subarray(WORDS)).map(
      ([process, appKey, environment, words]): Step =>
        (world) =>
          world.register(process, appKey, environment, words),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(aProcess, anApplication).map(
      ([process, appKey]): Step =>
        (world) =>
          world.recreate(process, appKey),
    ),
  },
  {
    weight: 16,
    arbitrary: fc.tuple(aProcess, aWord, fc.boolean(), fc.boolean()).map(
      ([process, word, asBound, overMcp]): Step =>
        (world) =>
          world.search(process, word, asBound, overMcp),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(cutFeeds) },
);

/** Breaks the connections on which the processes are told of changes. */
async function cutFeeds(): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'mcp-registry-changes'`,
  );
}

describe('two processes on one database', () => {
  it('find what was registered, and never what was deleted or is not for the caller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        for (const appKey of APPLICATIONS) {
          await ask(0, 'DELETE', `/applications/${appKey}`);
          await create(appKey);
        }
        const world = new World();
        for (const each of steps) await each(world);
      }),
      // A shorter sequence would meet another state of the database.
      { numRuns: SEQUENCES, endOnFailure: true },
    );
  });
});
