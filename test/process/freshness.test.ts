import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const SEQUENCES = Number(process.env.FRESHNESS_SEQUENCES ?? 4);
const STEPS = 40;
/** What a process may not know yet of another one's changes. */
const PROMISED_MS = 1000;

const ADMIN = { 'X-Admin-Key': GIVEN_SECRETS.REGISTRY_ADMIN_KEY, 'Content-Type': 'application/json' };
const APPLICATIONS = ['one', 'two'];

let database: TestDatabase;
let sandbox: ProcessSandbox;
let urls: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await createProcessSandbox();
  const start = (): Promise<string> =>
    sandbox.start({
      DATABASE_URL: database.url,
      ...GIVEN_SECRETS,
      BCRYPT_COST: '4',
      ENDPOINTS_REQUIRE_KEY: 'true',
    }).ready;
  urls = await Promise.all([start(), start()]);
  for (const appKey of APPLICATIONS) await ask(0, 'POST', '/applications', { name: appKey, appKey });
});
afterAll(async () => {
  await sandbox.clear();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
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
    headers,
    body: body && JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Something that happened to an application: `value` was acknowledged by a process at a time. */
interface Fact {
  readonly process: number | undefined;
  readonly appKey: string;
  readonly value: number;
  readonly at: number;
}

/** What must be known by now: everything this process acknowledged, and everything other processes did a second ago. */
function known(facts: readonly Fact[], process: number, appKey: string, now: number): number[] {
  return facts
    .filter((fact) => fact.appKey === appKey && (fact.process === process || fact.at <= now - PROMISED_MS))
    .map(({ value }) => value);
}

class World {
  private static versions = 0;
  private readonly changes: Fact[] = [];
  private readonly revocations: Fact[] = [];
  private readonly keys: { appKey: string; apiKey: string; id: string }[] = [];
  private readonly readings: Promise<void>[] = [];

  async change(process: number, appKey: string): Promise<void> {
    const value = ++World.versions;
    const { status } = await ask(process, 'PUT', `/applications/${appKey}/environments/production`, {
      description: `version ${value}.`,
    });
    // Unless it was cut off.
    if (status === 200) this.changes.push({ process, appKey, value, at: Date.now() });
  }

  async changeByHand(appKey: string): Promise<void> {
    const value = ++World.versions;
    await database.query(
      `UPDATE "Environment" e SET "description" = $2 FROM "Application" a
       WHERE a."id" = e."applicationId" AND a."appKey" = $1`,
      [appKey, `version ${value}.`],
    );
    this.changes.push({ process: undefined, appKey, value, at: Date.now() });
  }

  async issue(process: number, appKey: string): Promise<void> {
    const { text } = await ask(process, 'POST', `/applications/${appKey}/environments/production/api-keys`, {
      name: 'model',
    });
    const { id, apiKey } = JSON.parse(text) as { id: string; apiKey: string };
    this.keys.push({ appKey, apiKey, id });
    // From now on it is remembered.
    for (const other of [0, 1]) await this.use(other, this.keys.length - 1);
  }

  async revoke(process: number, index: number): Promise<void> {
    const key = this.keys[index % Math.max(this.keys.length, 1)];
    if (key === undefined) return;
    const { status } = await ask(
      process,
      'DELETE',
      `/applications/${key.appKey}/environments/production/api-keys/${key.id}`,
    );
    if (status === 204) {
      this.revocations.push({ process, appKey: key.appKey, value: this.keys.indexOf(key), at: Date.now() });
    }
  }

  /** Reads with the key, which must not pass once it is known to be revoked. */
  async use(process: number, index: number): Promise<void> {
    const key = this.keys[index % Math.max(this.keys.length, 1)];
    if (key === undefined) return;
    const revoked = known(this.revocations, process, key.appKey, Date.now()).includes(this.keys.indexOf(key));
    const { status } = await ask(process, 'GET', `/endpoints?app_key=${key.appKey}`, undefined, {
      'X-App-Key': key.appKey,
      'X-API-Key': key.apiKey,
    });
    if (revoked) expect(status).toBe(401);
    else expect([200, 401]).toContain(status);
  }

  async read(process: number, appKey: string, path: string): Promise<void> {
    const oldest = Math.max(0, ...known(this.changes, process, appKey, Date.now()));
    const { status, text } = await ask(process, 'GET', path);
    expect(status).toBe(200);
    const answer = JSON.parse(text) as { appKey: string; environment: { description: string | null } }[];
    const environment = Array.isArray(answer)
      ? answer.find((each) => each.appKey === appKey)?.environment
      : (answer as { environment: { description: string | null } }).environment;
    const version = Number(/^version (\d+)\.$/.exec(environment?.description ?? '')?.[1] ?? 0);
    expect(version).toBeGreaterThanOrEqual(oldest);
  }

  readAlong(process: number, appKey: string, path: string): void {
    this.readings.push(this.read(process, appKey, path));
  }

  async settle(): Promise<void> {
    await Promise.all(this.readings);
  }
}

const aProcess = fc.nat({ max: 1 });
const anApplication = fc.constantFrom(...APPLICATIONS);
const aKey = fc.nat({ max: 9 });

type Step = (world: World) => Promise<void> | void;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(aProcess, anApplication).map(
      ([p, a]): Step =>
        (w) =>
          w.change(p, a),
    ),
  },
  {
    weight: 1,
    arbitrary: anApplication.map(
      (a): Step =>
        (w) =>
          w.changeByHand(a),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(aProcess, anApplication).map(
      ([p, a]): Step =>
        (w) =>
          w.read(p, a, `/endpoints?app_key=${a}`),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(aProcess, anApplication).map(
      ([p, a]): Step =>
        (w) =>
          w.read(p, a, '/applications/with-endpoints'),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(aProcess, anApplication).map(([p, a]): Step => (w) => {
      w.readAlong(p, a, `/endpoints?app_key=${a}`);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(aProcess, anApplication).map(
      ([p, a]): Step =>
        (w) =>
          w.issue(p, a),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(aProcess, aKey).map(
      ([p, k]): Step =>
        (w) =>
          w.revoke(p, k),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(aProcess, aKey).map(
      ([p, k]): Step =>
        (w) =>
          w.use(p, k),
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
  it('never answer what is older than they promise, nor let in a revoked key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        const world = new World();
        for (const each of steps) await each(world);
        await world.settle();
      }),
      // A shorter sequence would meet another state of the database.
      { numRuns: SEQUENCES, endOnFailure: true },
    );
  });
});
