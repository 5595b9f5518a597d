import { Attacker, ATTACKS, mostMebibytes, ordinaryBatch, whileAlive } from '../support/batch-attacks.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

/** As in deploy/kubernetes, with the heap that Node.js takes within it by itself. All attacks: test/soak. */
const LIMIT_MEBIBYTES = 768;
const SHORT = [
  'one schema of 600,000 properties',
  'a string of 9,000,000 opening brackets',
  '1,000,000 small objects',
] as const;

describe(`one application's batches within ${LIMIT_MEBIBYTES} MiB`, () => {
  let service: SpawnedService;
  let attacker: Attacker;
  let prober: Attacker;

  beforeAll(async () => {
    service = await spawnService({ NODE_OPTIONS: `--max-old-space-size=${LIMIT_MEBIBYTES / 2}` });
    attacker = await Attacker.of(service, 'attacker');
    prober = await Attacker.of(service, 'prober');
  });
  afterAll(async () => {
    attacker.close();
    prober.close();
    await service.stop();
  });

  it('end nothing, and hold up neither probes nor other applications', async () => {
    const bodies = SHORT.map((name) => ATTACKS[name]?.(attacker.appKey) ?? '');
    const attack = async (): Promise<void> => {
      // More than it may hold at once: some wait, and are answered or refused.
      const sockets = await Promise.all(Array.from({ length: 40 }, () => attacker.hold()));
      expect(await prober.register(ordinaryBatch(prober.appKey, 1000, 'a'))).toBe(200);
      for (const socket of sockets) socket.destroy();
      // Until the service has noticed, they hold the room that the application may take.
      const batch = ordinaryBatch(attacker.appKey, 1, 'a');
      await eventually(() => attacker.register(batch), { fits: (status) => status === 200 });
      const answers = await Promise.all(
        bodies.flatMap((body) => [attacker.register(body), attacker.register(body)]),
      );
      expect(answers).toEqual(bodies.flatMap(() => [400, 400]));
    };
    expect(await whileAlive(prober, attack)).toEqual({ failures: 0 });
    expect(service.isRunning()).toBe(true);
    const most = await mostMebibytes(service);
    if (most !== undefined) expect(most).toBeLessThan(LIMIT_MEBIBYTES);
  });
});
