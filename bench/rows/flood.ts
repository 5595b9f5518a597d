import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Benchmark } from '../benchmark.js';
import { issueKeys } from '../data-set/issue-keys.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { type LoadResult, underLoad, warmUp } from '../load/http-load.js';
import { ratesOf } from '../load/rates.js';
import { type RefusedLoad, startRefusedLoad } from '../load/refused-load.js';
import { byTurns } from '../rounds.js';
import { medianOf } from '../statistics.js';

const WRONG_KEYS_PER_SECOND = 200;
const ISSUED_KEYS = 20;

/**
 * Agents send requests while a client guesses API keys, half of them invented, half with the selector of a real key.
 * Every round has its own service: work that a flood leaves behind must not affect the next round.
 */
export const flood: Benchmark = {
  name: 'flood',
  title: 'GET /endpoints while 200 requests/s come with wrong API keys, against the same undisturbed',
  run: async (stage) => {
    const settings = { DATABASE_URL: await stage.database() };
    const appKeys = APP_KEYS.slice(0, ISSUED_KEYS);
    const issuing = await stage.service(settings);
    const issuedKeys = [...(await issueKeys(issuing.url, appKeys)).values()];
    await issuing.stop();

    const round = async (disturb?: (url: string) => RefusedLoad): Promise<LoadResult> => {
      const service = await stage.service(settings);
      try {
        const load = discoveryLoad(service.url);
        await warmUp(load);
        const disturbance = disturb?.(service.url);
        const result = await underLoad(load);
        await disturbance?.stop();
        return result;
      } finally {
        await service.stop('SIGKILL');
      }
    };
    const sides = await byTurns(
      () => round((url) => startRefusedLoad({ url, perSecond: WRONG_KEYS_PER_SECOND, appKeys, issuedKeys })),
      () => round(),
    );
    return [
      { ...ratesOf(sides), target: { of: 'ratio', bound: 'at least', value: 0.7 } },
      {
        what: 'p99 latency',
        unit: 'ms',
        measured: medianOf(sides.measured, ({ p99Ms }) => p99Ms),
        baseline: medianOf(sides.baseline, ({ p99Ms }) => p99Ms),
        target: { of: 'ratio', bound: 'at most', value: 3 },
      },
    ];
  },
};
