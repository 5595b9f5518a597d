import { setTimeout as sleep } from 'node:timers/promises';
import { Attacker, ATTACKS, ordinaryBatch } from '../support/batch-attacks.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectWithinMemory, LIMIT_MEBIBYTES } from '../support/memory-limit.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

const HEAP_MEBIBYTES = LIMIT_MEBIBYTES / 2;
const CONNECTIONS = 6;
const ATTACK_MS = 15_000;
const REFUSALS = [400, 408, 413, 429, 503];

let service: SpawnedService;
let attacker: Attacker;
let prober: Attacker;

beforeAll(async () => {
  service = await spawnService({
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MEBIBYTES}`,
    RATE_LIMIT_ENABLED: 'false',
    // As the image sets it.
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '262144',
  });
  attacker = await Attacker.of(service, 'attacker');
  prober = await Attacker.of(service, 'prober');
});
afterAll(async () => {
  attacker.close();
  prober.close();
  await service.stop();
});

/** Sends on several connections until the time is over; gives the statuses of all answers. */
async function insist(send: (turn: number) => Promise<number>): Promise<Set<number>> {
  const statuses = new Set<number>();
  const end = Date.now() + ATTACK_MS;
  let turn = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (Date.now() < end) statuses.add(await send(turn++));
    }),
  );
  return statuses;
}

describe(`within ${LIMIT_MEBIBYTES} MiB`, () => {
  it.each(Object.keys(ATTACKS))('six connections that send %s end nothing', async (name) => {
    const body = ATTACKS[name]?.(attacker.appKey) ?? '';
    await expectWithinMemory(service, prober, async () => {
      const statuses = await insist((turn) => attacker.register(body, turn % 2 === 0 ? '?dryRun=true' : ''));
      for (const status of statuses) expect([200, ...REFUSALS]).toContain(status);
    });
  });

  it('eighty connections that hold 9.9 MB each end nothing, and have to let go', async () => {
    await expectWithinMemory(service, prober, async () => {
      const sockets = await Promise.all(Array.from({ length: 80 }, () => attacker.hold()));
      // Another application has its turn all the time.
      const end = Date.now() + ATTACK_MS;
      while (Date.now() < end) {
        expect(await prober.register(ordinaryBatch(prober.appKey, 100, 'a'))).toBe(200);
        await sleep(200);
      }
      for (const socket of sockets) socket.destroy();
    });
    expect(await attacker.register(ordinaryBatch(attacker.appKey, 100, 'b'))).toBe(200);
  });

  it('two applications that hold all there is let others have their turn', async () => {
    const accomplice = await Attacker.of(service, 'accomplice');
    await expectWithinMemory(service, prober, async () => {
      const holding = (): Promise<unknown> =>
        Promise.all([attacker, accomplice].flatMap((each) => Array.from({ length: 20 }, () => each.hold())));
      await holding();
      const end = Date.now() + ATTACK_MS;
      const statuses: number[] = [];
      while (Date.now() < end) {
        statuses.push(await prober.register(ordinaryBatch(prober.appKey, 100, 'c')));
      }
      expect(statuses).toContain(200);
    });
    accomplice.close();
  });

  it('everything at once ends nothing', async () => {
    const bodies = Object.values(ATTACKS).map((attack) => attack(attacker.appKey));
    const changed = ['a', 'b', 'c'].map((text) => ordinaryBatch(prober.appKey, 4_900, text));
    await expectWithinMemory(service, prober, async () => {
      const holding = Promise.all(Array.from({ length: 20 }, () => attacker.hold()));
      const [attacked, served] = await Promise.all([
        insist((turn) => attacker.register(bodies[turn % bodies.length] ?? '')),
        insist((turn) => prober.register(changed[turn % changed.length] ?? '')),
      ]);
      for (const status of attacked) expect([200, ...REFUSALS]).toContain(status);
      for (const status of served) expect([200, 408, 429, 503]).toContain(status);
      for (const socket of await holding) socket.destroy();
    });
    expect(await prober.register(ordinaryBatch(prober.appKey, 4_900, 'd'))).toBe(200);
  });
});
