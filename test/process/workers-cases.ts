import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { identifyProcess } from '#libs/embedded-postgres/process-identity.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '#libs/embedded-postgres/start-embedded-postgres.js';
import { isPostmaster, postmasterPid } from '../support/embedded-database.js';
import { eventually } from '../support/eventually.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { Ledger } from '../support/ledger.js';
import { figureOf } from '../support/metrics-text.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { ADMIN_KEY, AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { ServiceProcess } from '../support/service-process.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { itIn, type TestSet } from '../support/test-set.js';
import { type SentRequest, Targets, WriteLoad } from '../support/write-load.js';

const SEED = randomInt(2 ** 31);
const MAX_CONNECTIONS = 6;
/** What a round is made of before something happens. */
const REQUESTS = 60;
const OF_THE_SERVICE = `FROM pg_stat_activity WHERE "application_name" LIKE 'mcp-registry%'`;

/** The process in each place, as the primary said last. */
function workerPids(service: ServiceProcess): Map<string, number> {
  const told = service.output().matchAll(/Worker (\d+) is ready: process (\d+)/g);
  return new Map([...told].map(([, place = '', pid]) => [place, Number(pid)]));
}

const hasEnded = async (pid: number): Promise<boolean> => (await identifyProcess(pid)) === undefined;

/** Several processes that serve one port, under load and when one of them ends. */
export function workers(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  describe('two workers under load', () => {
    const ledger = new Ledger();
    const secrets = new Map<string, string>();
    let directory: string;
    let server: EmbeddedPostgres;
    let line: SeverableLine;
    let sandbox: ProcessSandbox;
    let service: ServiceProcess;
    let url: string;

    const dataDir = (): string => join(directory, 'data');
    // What a server that is killed has acknowledged is in the memory of the system, which outlives it.
    const startServer = (): Promise<EmbeddedPostgres> =>
      startEmbeddedPostgres({ dataDir: dataDir(), parameters: { fsync: 'off' } });

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'registry-workers-'));
      server = await startServer();
      line = await severableLine(server.url);
      sandbox = await createProcessSandbox();
      service = sandbox.start({
        ...GIVEN_SECRETS,
        DATABASE_URL: line.url,
        WORKERS: '2',
        MAX_CONNECTIONS: String(MAX_CONNECTIONS),
        BCRYPT_COST: '4',
        RATE_LIMIT_ENABLED: 'false',
        SHUTDOWN_DELAY: '1',
        METRICS_PORT: '0',
      });
      url = await service.ready;
    });
    afterAll(async () => {
      await sandbox.clear();
      await line.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });

    async function connected<T>(work: (database: pg.Client) => Promise<T>): Promise<T> {
      const database = new pg.Client(server.url);
      await database.connect();
      try {
        return await work(database);
      } finally {
        await database.end();
      }
    }

    const count = (database: pg.Client, condition: string): Promise<number> =>
      database.query(`SELECT ${OF_THE_SERVICE} ${condition}`).then(({ rowCount }) => rowCount ?? 0);

    const load = (name: string): WriteLoad => {
      const targets = ledger.applications.size === 0 ? new Targets() : ledger.targets(secrets);
      return new WriteLoad(url, ADMIN_KEY, new SeededRandom(SEED), targets, name);
    };

    const successes = ({ sent }: WriteLoad): number => sent.filter(({ status = 500 }) => status < 300).length;

    /** Has `work` done in the middle of changes, and finds what was promised and is not there, or the reverse. */
    async function underLoad(name: string, work: (load: WriteLoad) => Promise<void>): Promise<SentRequest[]> {
      const changes = load(name);
      const running = changes.run();
      await eventually(() => successes(changes) >= REQUESTS);
      await work(changes);
      changes.stop();
      await running;
      return changes.sent;
    }

    async function expectNothingLost(sent: SentRequest[], mayBeUnavailable = false): Promise<void> {
      const contradictions = await connected(async (database) => {
        await eventually(async () => (await count(database, `AND "state" <> 'idle'`)) === 0);
        return ledger.check(database, sent, mayBeUnavailable);
      });
      expect({ seed: SEED, contradictions }).toEqual({ seed: SEED, contradictions: [] });
      for (const { action, status, answer } of sent) {
        if (status !== 201 || answer === undefined || !action.startsWith('api-key')) continue;
        const { id, apiKey } = answer as { id: string; apiKey: string };
        secrets.set(id, apiKey);
      }
      for (const id of secrets.keys()) if (!ledger.keys.has(id)) secrets.delete(id);
    }

    /** Asks often enough to meet both workers. */
    async function bothAreReady(): Promise<boolean> {
      const answers = Array.from({ length: 6 }, () =>
        fetch(`${url}/health/ready`, { headers: { Connection: 'close' } }).then(({ status }) => status),
      );
      return (await Promise.all(answers)).every((status) => status === 200);
    }

    inSoak('share the connections they may have', async () => {
      expect(service.output()).toMatch(/^ {2}Workers {4}2$/m);
      const seen: number[] = [];
      const sent = await underLoad('share', (changes) =>
        connected(async (database) => {
          await eventually(async () => {
            seen.push(await count(database, ''));
            return seen.length >= 50 && successes(changes) >= 3 * REQUESTS;
          });
          // Each listens for changes.
          expect(await count(database, `AND "application_name" = 'mcp-registry-changes'`)).toBe(2);
        }),
      );
      await expectNothingLost(sent);
      expect(Math.max(...seen)).toBe(MAX_CONNECTIONS);
    });

    briefly('tell what both of them count as one figure', async () => {
      const metricsUrl = /^ {2}Metrics +(\S+)$/m.exec(service.output())?.[1] ?? '';
      const asked = 8;
      for (let number = 0; number < asked; number += 1) {
        await fetch(`${url}/endpoints?app_key=absent`, { headers: { Connection: 'close' } });
      }
      const metrics = await fetch(metricsUrl).then((answer) => answer.text());
      const counted = (route: string, status: number): number | undefined =>
        figureOf(
          `mcp_registry_http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`,
          metrics,
        );
      expect(counted('/endpoints', 404)).toBe(asked);
      expect(figureOf('mcp_registry_change_feed_current', metrics)).toBe(1);
      expect(metrics).toMatch(/^mcp_registry_build_info\{version="[^"]+",node="v[^"]+"\} 1$/m);
    });

    it.each(set === 'short' ? ['1'] : ['2'])(
      'lose nothing when worker %s is killed, and are two again',
      async (place) => {
        const killed = workerPids(service).get(place) ?? 0;
        const sent = await underLoad(`worker-${place}`, async () => {
          process.kill(killed, 'SIGKILL');
          await eventually(() => hasEnded(killed));
        });
        await eventually(() => workerPids(service).get(place) !== killed, { within: 30_000 });
        expect(service.output()).toContain(
          `Worker ${place} (process ${killed}) ended with SIGKILL and starts again in 1 s`,
        );
        expect(await bothAreReady()).toBe(true);
        await expectNothingLost(sent);
      },
    );

    inSoak(
      'lose nothing when the database is killed, and serve within five seconds of its return',
      async () => {
        const workers = workerPids(service);
        const sent = await underLoad('database', async (changes) => {
          const postmaster = await postmasterPid(dataDir());
          process.kill(postmaster, 'SIGKILL');
          await eventually(async () => !(await isPostmaster(postmaster)));
          await eventually(() => changes.sent.some(({ status }) => status === 503));
          await server.stop();
          server = await startServer();
          line.leadTo(server.url);
          await eventually(bothAreReady, { within: 5000 });
          const before = successes(changes);
          await eventually(() => successes(changes) > before + REQUESTS);
        });
        await expectNothingLost(sent, true);
        expect(workerPids(service)).toEqual(workers);
      },
    );

    inSoak('lose nothing when they are told to stop in the middle of it, and end', async () => {
      const before = service.output();
      const sent = await underLoad('stop', async () => {
        service.signal('SIGTERM');
        await eventually(async () => !(await bothAreReady().catch(() => false)));
        await service.exited;
      });
      expect((await service.exited).code).toBe(0);
      expect(service.output().slice(before.length)).not.toMatch(/starts again|is killed|Cut \d+/);
      for (const pid of workerPids(service).values()) expect(await hasEnded(pid)).toBe(true);
      await expectNothingLost(sent);
    });
  });

  describe('workers', () => {
    let database: TestDatabase;
    let sandbox: ProcessSandbox;

    beforeEach(async () => {
      database = await createTestDatabase();
      sandbox = await createProcessSandbox();
    });
    afterEach(async () => {
      await sandbox.clear();
      await database.drop();
    });

    const start = (settings: Record<string, string> = {}): ServiceProcess =>
      sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: database.url, WORKERS: '2', ...settings });

    inSoak('that cannot start at all end the service, with the reason', async () => {
      const occupant = createServer().listen(0, '127.0.0.1');
      await eventually(() => occupant.listening);
      const { port } = occupant.address() as AddressInfo;
      const exit = await start({ PORT: String(port) }).exited;
      occupant.close();
      expect(exit).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr: expect.stringMatching(
          /^HTTP: \w+ EADDRINUSE.* 127\.0\.0\.1:\d+; stop the other process or set PORT\n$/,
        ),
      });
    });

    inSoak('end with their primary, however it ends, and leave signals to it', async () => {
      const service = start();
      const url = await service.ready;
      const pids = [...workerPids(service).values()];
      expect(pids).toHaveLength(2);
      for (const pid of pids) process.kill(pid, 'SIGTERM');
      expect((await fetch(`${url}/applications`, { headers: AS_ADMIN })).status).toBe(200);
      service.signal('SIGKILL');
      await service.exited;
      for (const pid of pids) await eventually(() => hasEnded(pid));
    });
  });
}
