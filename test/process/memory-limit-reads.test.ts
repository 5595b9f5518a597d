import { Attacker, mostMebibytes, whileAlive } from '../support/batch-attacks.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { Readers, registerLarge } from '../support/read-attacks.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

/** As in memory-limit.test.ts. All attacks: test/soak. */
const LIMIT_MEBIBYTES = 768;

describe(`readers of large answers within ${LIMIT_MEBIBYTES} MiB`, () => {
  let service: SpawnedService;
  let prober: Attacker;
  let readers: Readers;
  let appKeys: readonly string[];

  beforeAll(async () => {
    service = await spawnService({ NODE_OPTIONS: `--max-old-space-size=${LIMIT_MEBIBYTES / 2}` });
    prober = await Attacker.of(service, 'prober');
    appKeys = await registerLarge(service, 2);
    readers = new Readers(service, appKeys);
  });
  afterAll(async () => {
    prober.close();
    readers.close();
    await service.stop();
  });

  it('get them, also as OpenAPI, or are told to come again', async () => {
    const kinds = Object.values(readers.targets);
    const attack = async (): Promise<void> => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, turn) => readers.read(kinds[turn % kinds.length]?.(turn) ?? '', turn)),
      );
      expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([]);
      const documents = appKeys.map((_, turn) => readers.targets['OpenAPI documents']?.(turn) ?? '');
      for (const document of documents) {
        await eventually(async () => (await readers.read(document, 0)) === 200);
      }
    };
    expect(await whileAlive(prober, attack)).toEqual({ failures: 0 });
    expect(service.isRunning()).toBe(true);
    const most = await mostMebibytes(service);
    if (most !== undefined) expect(most).toBeLessThan(LIMIT_MEBIBYTES);
  });
});
