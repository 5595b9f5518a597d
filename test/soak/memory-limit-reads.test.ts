import { setTimeout as sleep } from 'node:timers/promises';
import { Attacker, ordinaryBatch } from '../support/batch-attacks.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectWithinMemory, LIMIT_MEBIBYTES } from '../support/memory-limit.js';
import { Readers, registerLarge } from '../support/read-attacks.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

const ATTACK_MS = 10_000;
const APPLICATIONS = 20;

let service: SpawnedService;
let prober: Attacker;
let readers: Readers;

beforeAll(async () => {
  service = await spawnService({
    NODE_OPTIONS: `--max-old-space-size=${LIMIT_MEBIBYTES / 2}`,
    RATE_LIMIT_ENABLED: 'false',
    // As the image sets it.
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '262144',
  });
  prober = await Attacker.of(service, 'prober');
  readers = new Readers(service, await registerLarge(service, APPLICATIONS));
}, 120_000);
afterAll(async () => {
  prober.close();
  readers.close();
  await service.stop();
});

/** Reads with several clients until the time is over; gives how often each status came. */
async function insist(kinds: readonly string[], clients: number): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  const end = Date.now() + ATTACK_MS;
  let turn = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (Date.now() < end) {
        const at = turn++;
        const status = await readers.read(targetOf(kinds, at), at);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  process.stdout.write(`${JSON.stringify(statuses)}\n`);
  return statuses;
}

function targetOf(kinds: readonly string[], turn: number): string {
  return readers.targets[kinds[turn % kinds.length] ?? '']?.(turn) ?? '';
}

const KINDS = [
  'endpoints of an environment',
  'applications with their endpoints',
  'pages of applications with their endpoints',
  'OpenAPI documents',
  'the audit trail',
];

describe(`within ${LIMIT_MEBIBYTES} MiB`, () => {
  it.each([...KINDS.map((kind) => [kind, kind === KINDS[0] ? 40 : 8] as const)])(
    'clients that read %s end nothing',
    async (kind, clients) => {
      await expectWithinMemory(service, prober, async () => {
        const statuses = Object.keys(await insist([kind], clients)).map(Number);
        for (const status of statuses) expect([200, 422, 503]).toContain(status);
        expect(statuses).toContain(200);
      });
    },
  );

  it('clients that do not take what they asked for end nothing, and are cut where others need the memory', async () => {
    await expectWithinMemory(service, prober, async () => {
      const sockets = await Promise.all(
        Array.from({ length: 100 }, (_, turn) => readers.ask(targetOf(KINDS, turn))),
      );
      const target = targetOf(KINDS.slice(0, 1), 1);
      const end = Date.now() + 60_000;
      let status = 0;
      while (status !== 200 && Date.now() < end) {
        status = await readers.read(target, 0);
        await sleep(100);
      }
      expect(status).toBe(200);
      for (const socket of sockets) socket.destroy();
    });
  });

  it('all of them at once, while what they read changes, end nothing', async () => {
    await expectWithinMemory(service, prober, async () => {
      const sockets = await Promise.all(
        Array.from({ length: 40 }, (_, turn) => readers.ask(targetOf(KINDS, turn))),
      );
      const done = new AbortController();
      const changing = (async () => {
        for (let turn = 0; !done.signal.aborted; turn++) {
          const status = await prober.register(ordinaryBatch(prober.appKey, 4_900, String(turn % 2)));
          expect([200, 408, 429, 503]).toContain(status);
        }
      })();
      const statuses = await insist(KINDS, 24);
      done.abort();
      await changing;
      for (const status of Object.keys(statuses).map(Number)) expect([0, 200, 422, 503]).toContain(status);
      for (const socket of sockets) socket.destroy();
    });
    expect(await prober.isAlive()).toBe(true);
  });
});
