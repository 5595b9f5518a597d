import { type Attacker, mostMebibytes, whileAlive } from './batch-attacks.js';
import { expect } from './jest.js';
import type { SpawnedService } from './spawned-service.js';

/** The memory limit of deploy/kubernetes. */
export const LIMIT_MEBIBYTES = 768;

/** Runs `work` while `prober` sends ordinary requests: all must succeed, and the service must stay below the limit. */
export async function expectWithinMemory(
  service: SpawnedService,
  prober: Attacker,
  work: () => Promise<unknown>,
): Promise<void> {
  expect(await whileAlive(prober, work)).toEqual({ failures: 0 });
  expect(service.isRunning()).toBe(true);
  const most = await mostMebibytes(service);
  if (most === undefined) return;
  const name = expect.getState().currentTestName ?? '';
  process.stdout.write(`${name}: at most ${Math.round(most)} MiB so far\n`);
  expect(most).toBeLessThan(LIMIT_MEBIBYTES);
}
