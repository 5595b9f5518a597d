import type { Benchmark } from '../benchmark.js';
import { forgetHighest, residentMemory } from '../processes/resident-memory.js';
import { AS_ADMIN } from '../processes/service.js';
import { byTurns } from '../rounds.js';
import { median } from '../statistics.js';

const LISTS_AS_ONE_JSON = new URL('../baselines/lists-as-one-json.js', import.meta.url);
const AT_ONCE = 4;

/**
 * The whole registry, some 12 MB, in four concurrent responses. Memory is the growth of the service from its start to the
 * maximum of all rounds.
 */
export const withEndpoints: Benchmark = {
  name: 'with-endpoints',
  title:
    'GET /applications/with-endpoints, 4 at once, against bare pg fetching the same rows as one json_agg',
  run: async (stage) => {
    const database = await stage.database();
    const service = await stage.service({ DATABASE_URL: database });
    const bare = await stage.script(LISTS_AS_ONE_JSON, {
      DATABASE_URL: database,
      AT_ONCE: String(AT_ONCE),
    });
    await forgetHighest(service.pid);
    const { now: atStart } = await residentMemory(service.pid);
    const measure = (): Promise<number> => millisecondsOfLists(service.url);
    const measureBaseline = (): Promise<number> => bare.ask('milliseconds');
    await measure();
    await measureBaseline();
    const { measured, baseline } = await byTurns(measure, measureBaseline);
    const { highest } = await residentMemory(service.pid);
    return [
      {
        what: 'time',
        unit: 'ms',
        measured: median(measured),
        baseline: median(baseline),
        target: { of: 'ratio', bound: 'at most', value: 2 },
      },
      {
        what: 'growth of resident memory',
        unit: 'MiB',
        measured: highest - atStart,
        target: { of: 'measured', bound: 'at most', value: 64 },
      },
    ];
  },
};

/** Milliseconds to the last byte of the last list; the lists are discarded. */
async function millisecondsOfLists(url: string): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const response = await fetch(`${url}/applications/with-endpoints`, { headers: AS_ADMIN });
      if (response.status !== 200) throw new Error(`The list was answered with ${response.status}`);
      await response.body?.pipeTo(new WritableStream());
    }),
  );
  return performance.now() - begun;
}
