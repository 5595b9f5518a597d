import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ROUND_MS = 2000;

interface Setting {
  /** How many rounds have to be without a fault before a replica is killed. */
  readonly rounds: number;
  /**
   * What else runs. On a machine that tests share, a probe may be late by more than a round, which is then left out:
   * there, no target is asked more often than there were rounds, and each is asked again and again.
   */
  readonly machine: 'shared' | 'alone';
}

export function replicas({ rounds, machine }: Setting): void {
  const TARGETS = machine === 'alone' ? 500 : 100;
  let database: TestDatabase;
  let sandbox: ProcessSandbox;
  let origin: LoopbackOrigin;
  /** When each target was asked, by its address; milliseconds since the epoch. */
  const arrivals = new Map<string, number[]>();

  beforeAll(async () => {
    database = await createTestDatabase();
    sandbox = await createProcessSandbox();
    origin = await startOrigin(
      (request, response) => {
        const host = request.headers.host ?? '';
        arrivals.set(host, [...(arrivals.get(host) ?? []), Date.now()]);
        response.end();
      },
      { address: '0.0.0.0' },
    );
  });
  afterAll(async () => {
    await sandbox.clear();
    await origin.close();
    await database.drop();
  });

  const start = (): ServiceProcess =>
    sandbox.start({
      DATABASE_URL: database.url,
      ...GIVEN_SECRETS,
      HEALTH_CHECK_INTERVAL: String(ROUND_MS / 1000),
      HEALTH_CHECK_TIMEOUT: '1',
    });

  /** An origin of its own on loopback for every target. */
  const hostOf = (n: number): string => `127.1.${n >> 8}.${n & 255}:${origin.port}`;

  /** Gives every target its place in the round that begins at `firstRound`, and in all that follow. */
  async function register(firstRound: Date): Promise<void> {
    // In one transaction: what is new is due at once.
    await database.query(
      `INSERT INTO "Application" ("id", "name", "appKey", "healthCheckUrl")
     SELECT 'target-' || n, 'Target ' || n, 'target-' || n,
            'http://127.1.' || (n >> 8) || '.' || (n & 255) || ':${origin.port}/'
     FROM generate_series(0, ${TARGETS - 1}) n;
     UPDATE "HealthTarget" SET "checkedAt" = '2026-01-01', "dueAt" = timestamptz '${firstRound.toISOString()}'
            + substr("id", 8)::integer * interval '1 ms' * ${ROUND_MS / TARGETS}`,
    );
  }

  describe('replicas on one database', () => {
    it('probe every target once a round, also after one of them was killed', async () => {
      const both = [start(), start()];
      await Promise.all(both.map(({ ready }) => ready));
      // At once: what is due later than an interval from now is spread again by a replica that just starts.
      const firstRound = new Date();
      await register(firstRound);
      /** In which of its rounds a target was asked, one by one. */
      const roundsOf = (n: number): number[] => {
        const due = firstRound.getTime() + (n * ROUND_MS) / TARGETS;
        return (arrivals.get(hostOf(n)) ?? []).map((at) => Math.floor((at - due) / ROUND_MS));
      };
      const isOver = (round: number): boolean => Date.now() > firstRound.getTime() + (round + 2) * ROUND_MS;
      const targets = Array.from({ length: TARGETS }, (_, n) => n);

      /**
       * Waits for the rounds, and for as many requests to every target.
       * @param repeated how often a target may have been asked again, since the answer went to a replica that was killed
       */
      const expectRounds = async (first: number, count: number, repeated = 0): Promise<void> => {
        const asked = targets.map((n) => roundsOf(n).filter((round) => round < first).length);
        await eventually(() => isOver(first + count - 1), { within: 25_000 + count * ROUND_MS });
        if (machine === 'alone') {
          const every = Array.from({ length: count }, (_, round) => first + round);
          for (const n of targets) {
            const seen = roundsOf(n).filter((round) => round >= first && round < first + count);
            expect([hostOf(n), seen]).toEqual([hostOf(n), every]);
          }
          return;
        }
        await eventually(() => targets.every((n) => roundsOf(n).length >= (asked[n] ?? 0) + count), {
          within: 30_000,
        });
        for (const n of targets) {
          const begun = Math.ceil((Date.now() - firstRound.getTime()) / ROUND_MS);
          expect([hostOf(n), roundsOf(n).length <= begun + repeated]).toEqual([hostOf(n), true]);
        }
      };

      await expectRounds(0, rounds);
      const killedAt = Date.now();
      both[0]?.signal('SIGKILL');
      await both[0]?.exited;
      await expectRounds(Math.ceil((killedAt - firstRound.getTime()) / ROUND_MS) + 1, 1, 1);
      expect(both[1]?.isRunning()).toBe(true);
    });
  });
}
