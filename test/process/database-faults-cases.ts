import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { Ledger } from '../support/ledger.js';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { ReadLoad } from '../support/read-load.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { ServiceProcess } from '../support/service-process.js';
import { itIn, type TestSet } from '../support/test-set.js';
import { type SentRequest, Targets, WriteLoad } from '../support/write-load.js';

const ADMIN_KEY = GIVEN_SECRETS.REGISTRY_ADMIN_KEY;
const SEED = Number(process.env.FAULT_SEED ?? randomInt(2 ** 31));
const MAX_CONNECTIONS = 6;
/** After the database is there again. */
const PROMISED_MS = 5000;
const TERMINATIONS = 30;

/** A service under load whose database fails in some way. */
export function databaseFaults(set: TestSet): void {
  const inSoak = itIn(set, 'long');

  describe('under load, the service', () => {
    let postgres: OwnPostgres;
    let sandbox: ProcessSandbox;
    let service: ServiceProcess;
    let url: string;
    const ledger = new Ledger();
    const targets = new Targets();
    let rounds = 0;

    beforeAll(async () => {
      postgres = await startOwnPostgres();
      sandbox = await createProcessSandbox();
      service = sandbox.start({
        DATABASE_URL: postgres.url,
        ...GIVEN_SECRETS,
        BCRYPT_COST: '4',
        LOG_LEVEL: 'warning',
        MAX_CONNECTIONS: String(MAX_CONNECTIONS),
      });
      url = await service.ready;
    });
    afterAll(async () => {
      await sandbox.clear();
      await postgres.close();
    });

    const statusOf = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;

    /** Every acknowledged change is there with one entry, every entry has its change, and nothing else is there. */
    async function contradictions(sent: readonly SentRequest[]): Promise<string[]> {
      const client = new pg.Client(postgres.url);
      await client.connect();
      try {
        return await ledger.check(client, sent, true);
      } finally {
        await client.end();
      }
    }

    /** Does harm while clients read and write, and looks at every answer they got. */
    async function underLoad(harm: () => Promise<void>): Promise<SentRequest[]> {
      rounds += 1;
      const name = `faults-${rounds}`;
      const writes = new WriteLoad(url, ADMIN_KEY, new SeededRandom(SEED + rounds), targets, name);
      const reads = new ReadLoad(url, ADMIN_KEY, name);
      const running = [writes.run(), reads.run()];
      const acknowledged = (): number => writes.sent.filter(({ status = 999 }) => status < 300).length;
      await eventually(() => acknowledged() > 20 && reads.answers > 20);

      await harm();
      const ready = await eventually(() => statusOf('/health/ready'), {
        fits: (status) => status === 200,
        within: PROMISED_MS,
      });
      expect(ready).toBe(200);
      const before = acknowledged();
      await eventually(() => acknowledged() > before + 20, { within: PROMISED_MS });
      writes.stop();
      reads.stop();
      await Promise.all(running);

      const sent = [...writes.sent, ...reads.changes];
      expect({ seed: SEED, service: service.isRunning(), reads: reads.faults }).toEqual({
        seed: SEED,
        service: true,
        reads: [],
      });
      expect(sent.filter(({ status }) => status === undefined)).toEqual([]);
      for (const { answer, retryAfter, path } of sent.filter(({ status }) => status === 503)) {
        expect({ answer, retryAfter }).toEqual({
          answer: {
            type: expect.stringMatching(
              /^urn:mcp-registry:problem:(database-unavailable|commit-uncertain|transaction-conflict)$/,
            ),
            title: expect.any(String),
            status: 503,
            detail: expect.any(String),
            instance: path,
            requestId: expect.any(String),
          },
          retryAfter: expect.stringMatching(/^\d+$/),
        });
      }
      expect({ seed: SEED, contradictions: await contradictions(sent) }).toEqual({
        seed: SEED,
        contradictions: [],
      });
      return sent;
    }

    const unavailable = (sent: readonly SentRequest[]): number =>
      sent.filter(({ status }) => status === 503).length;

    it.each(set === 'short' ? (['immediate'] as const) : (['fast'] as const))(
      'outlives a %s stop of PostgreSQL, and is back with it',
      async (mode) => {
        const sent = await underLoad(async () => {
          await postgres.stop(mode);
          expect(await statusOf('/health/live')).toBe(200);
          await eventually(async () => (await statusOf('/health')) === 503);
          await postgres.start();
        });
        expect(unavailable(sent)).toBeGreaterThan(0);
      },
    );

    inSoak('outlives it when its connections are terminated again and again', async () => {
      const sent = await underLoad(async () => {
        for (let times = 1; times <= TERMINATIONS; times++) {
          await postgres.query(
            `SELECT pg_terminate_backend("pid") FROM pg_stat_activity WHERE "application_name" LIKE 'mcp-registry%'`,
          );
          await sleep(20);
        }
      });
      expect(unavailable(sent)).toBeGreaterThan(0);
    });

    inSoak('refuses requests that wait for a frozen PostgreSQL, and serves again when it thaws', async () => {
      await underLoad(async () => {
        await postgres.freeze();
        // More than connections, so that some wait for one.
        const asking = Array.from({ length: 3 * MAX_CONNECTIONS }, async () => {
          const { status, headers } = await fetch(`${url}/applications`, {
            headers: { 'X-Admin-Key': ADMIN_KEY },
          });
          return { status, retryAfter: headers.get('retry-after') };
        });
        expect(await Promise.race(asking)).toEqual({ status: 503, retryAfter: '5' });
        expect(await statusOf('/health/live')).toBe(200);
        await eventually(async () => (await statusOf('/health/ready')) === 503);
        await postgres.thaw();
        for (const { status } of await Promise.all(asking)) expect([200, 503]).toContain(status);
      });
    });
  });
}
