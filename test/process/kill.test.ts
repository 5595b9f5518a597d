import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { embeddedDatabaseUrl, isPostmaster, postmasterPid } from '../support/embedded-database.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { Ledger } from '../support/ledger.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { ServiceProcess } from '../support/service-process.js';
import { type SentRequest, Targets, WORKERS, WriteLoad } from '../support/write-load.js';

/** How often to kill: more for a longer run. */
const KILLS = Number(process.env.KILLS ?? 1);
/** Requests before a kill, so that a single round has something to lose. */
const FEWEST = KILLS === 1 ? 20 : 1;
/** To repeat the choices of a run that failed; when requests meet is up to the machine. */
const SEED = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const SETTINGS = { LOG_LEVEL: 'warning', BCRYPT_COST: '4' };
const HTTP_SAMPLES = 5;
const LOAD_TIMEOUT_MS = 2000;

describe('kill -9', () => {
  let sandbox: ProcessSandbox;
  let service: ServiceProcess;
  let url: string;
  let adminKey: string;
  let postmaster: number;
  const random = new SeededRandom(SEED);
  const ledger = new Ledger();
  const secrets = new Map<string, string>();
  const seen = {
    acknowledged: 0,
    refused: 0,
    unavailable: 0,
    unanswered: 0,
    takeovers: 0,
    killedStarts: 0,
  };

  beforeAll(async () => {
    sandbox = await createProcessSandbox();
    await start();
    adminKey = (await readFile(join(sandbox.dataDir, 'admin-key'), 'utf8')).trim();
  });
  afterAll(() => sandbox.clear());

  async function start(): Promise<void> {
    service = sandbox.start(SETTINGS);
    url = await service.ready;
    postmaster = await postmasterPid(sandbox.dataDir);
  }

  /** Kills the service, and the database with it or not; which of them dies first is up to chance, too. */
  async function kill({ database }: { database: boolean }): Promise<void> {
    const databaseFirst = database && random.chance(0.5);
    if (databaseFirst) {
      process.kill(postmaster, 'SIGKILL');
      await sleep(random.integer(0, 30));
    }
    service.signal('SIGKILL');
    if (database && !databaseFirst) process.kill(postmaster, 'SIGKILL');
    await service.exited;
    if (database) await eventually(async () => !(await isPostmaster(postmaster)));
  }

  /** A start that is itself killed before it is ready. */
  async function killedStart(): Promise<void> {
    const starting = sandbox.start(SETTINGS);
    await Promise.race([starting.ready, sleep(random.integer(100, 1500))]);
    starting.signal('SIGKILL');
    await starting.exited;
    seen.killedStarts += 1;
  }

  /** So many requests, or as many as a slow machine gets done in the time. */
  async function answered(load: WriteLoad, count: number): Promise<void> {
    const deadline = Date.now() + LOAD_TIMEOUT_MS;
    const done = (): boolean => load.sent.filter(({ status }) => status !== undefined).length >= count;
    await eventually(() => done() || Date.now() > deadline, { every: 2 });
  }

  async function underLoad(round: number, work: () => Promise<void>): Promise<SentRequest[]> {
    const targets = round === 1 ? new Targets() : ledger.targets(secrets);
    const load = new WriteLoad(url, adminKey, new SeededRandom(SEED + round), targets, `kill-${round}`);
    const running = load.run();
    await answered(load, random.integer(FEWEST, 100));
    await sleep(random.integer(0, 30));
    // Until now everything was answered, but for what the workers are waiting for.
    expect(load.sent.filter(({ status }) => status === undefined).length).toBeLessThanOrEqual(WORKERS);
    await work();
    load.stop();
    await running;
    return load.sent;
  }

  async function connected<T>(work: (database: pg.Client) => Promise<T>): Promise<T> {
    const database = new pg.Client(await embeddedDatabaseUrl(sandbox.dataDir));
    await database.connect();
    try {
      return await work(database);
    } finally {
      await database.end();
    }
  }

  /** What the killed service had begun may still be going on in a server that outlived it. */
  async function settled(database: pg.Client): Promise<void> {
    await eventually(async () => {
      const { rowCount } = await database.query(
        `SELECT FROM pg_stat_activity WHERE "application_name" = 'mcp-registry' AND "state" <> 'idle'`,
      );
      return rowCount === 0;
    });
  }

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${url}${path}`, { headers: { 'X-Admin-Key': adminKey } });
    return JSON.parse(await response.text());
  }

  /** What the service itself says after its restart, of everything or of some. */
  async function contradictionsOverHttp(): Promise<string[]> {
    const found: string[] = [];
    const compare = (what: string, is: unknown, expected: unknown): void => {
      const [left, right] = [JSON.stringify(is), JSON.stringify(expected)];
      if (left !== right) found.push(`HTTP: ${what} is ${left} instead of ${right}`);
    };
    const applications = (await get('/applications')) as { appKey: string; name: string }[];
    compare(
      'the list of applications',
      applications.map(({ appKey, name }) => `${appKey} ${name}`).sort(),
      Array.from(ledger.applications.values(), ({ appKey, name }) => `${appKey} ${name}`).sort(),
    );
    for (let sample = 0; sample < HTTP_SAMPLES; sample++) {
      const environment = random.pick(ledger.environments.values());
      if (environment === undefined) break;
      const { appKey = '' } = ledger.applications.get(environment.applicationId) ?? {};
      const { endpoints } = (await get(`/endpoints?app_key=${appKey}&environment=${environment.name}`)) as {
        endpoints: { method: string; path: string; name: string; description: string }[];
      };
      compare(
        `the endpoints of ${appKey} in ${environment.name}`,
        endpoints
          .map(({ method, path, name, description }) => [method, path, name, description].join(' '))
          .sort(),
        Array.from(
          ledger.endpoints.get(environment.id)?.values() ?? [],
          ({ method, path, name, description }) => [method, path, name, description].join(' '),
        ).sort(),
      );
    }
    for (let sample = 0; sample < HTTP_SAMPLES; sample++) {
      const [id, apiKey] = random.pick(secrets) ?? [];
      if (id === undefined || apiKey === undefined) break;
      const key = ledger.keys.get(id);
      const environment = ledger.environments.get(key?.environmentId ?? '');
      const { appKey = 'gone' } = ledger.applications.get(environment?.applicationId ?? '') ?? {};
      const { status } = await fetch(`${url}/applications/${appKey}`, {
        method: 'PUT',
        headers: { 'X-App-Key': appKey, 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        body: '{}',
      });
      compare(`the answer to the API key ${id}`, status, key?.isActive === true ? 200 : 401);
    }
    return found;
  }

  function remember(sent: readonly SentRequest[]): void {
    for (const { action, status, answer } of sent) {
      if (status === undefined) seen.unanswered += 1;
      else if (status === 503) seen.unavailable += 1;
      else if (status >= 300) seen.refused += 1;
      else seen.acknowledged += 1;
      if (answer === undefined || status !== 201 || !action.startsWith('api-key')) continue;
      const { id, apiKey } = answer as { id: string; apiKey: string };
      secrets.set(id, apiKey);
    }
    for (const id of secrets.keys()) if (!ledger.keys.has(id)) secrets.delete(id);
  }

  it(
    `loses nothing and leaves nothing half done in ${KILLS} rounds`,
    async () => {
      for (let round = 1; round <= KILLS; round++) {
        const database = random.chance(0.5);
        const before = postmaster;
        const killed = service;
        const sent = await underLoad(round, () => kill({ database }));
        if (random.chance(0.2)) await killedStart();
        await start();
        if (postmaster === before) seen.takeovers += 1;
        const contradictions = await connected(async (client) => {
          await settled(client);
          return ledger.check(client, sent, database);
        });
        remember(sent);
        contradictions.push(...(await contradictionsOverHttp()));
        const log = contradictions.length === 0 ? '' : (await killed.exited).stderr;
        expect({ seed: SEED, round, database, contradictions, log }).toEqual({
          seed: SEED,
          round,
          database,
          contradictions: [],
          log: '',
        });
      }
      expect(seen.acknowledged).toBeGreaterThan(5 * KILLS);
      if (process.env.KILLS !== undefined)
        process.stdout.write(
          `${KILLS} kills: ${JSON.stringify({ ...seen, changedUnanswered: ledger.changedUnanswered, seed: SEED })}\n`,
        );
    },
    60_000 + KILLS * 30_000,
  );
});
