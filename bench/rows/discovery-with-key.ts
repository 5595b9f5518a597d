import type { Benchmark } from '../benchmark.js';
import { APP_KEYS } from '../data-set/data-set.js';
import { issueKeys } from '../data-set/issue-keys.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { underLoad, warmUp } from '../load/http-load.js';
import { byTurns } from '../rounds.js';
import { medianOf } from '../statistics.js';

/** Each costs a hash of bcrypt's full cost before anything can be measured. */
const APPLICATIONS_WITH_KEYS = 200;

/** The same applications asked for with their API keys where a key is needed, and without where none is. */
export const discoveryWithKey: Benchmark = {
  name: 'discovery-with-key',
  title: 'GET /endpoints where it needs an API key, against the same where it needs none',
  run: async (stage) => {
    const database = await stage.database();
    const open = await stage.service({ DATABASE_URL: database });
    const closed = await stage.service({ DATABASE_URL: database, ENDPOINTS_REQUIRE_KEY: 'true' });
    const appKeys = APP_KEYS.slice(0, APPLICATIONS_WITH_KEYS);
    const keys = await issueKeys(open.url, appKeys);
    const load = discoveryLoad(closed.url, {
      appKeys,
      headersFor: (appKey) => ({ 'x-app-key': appKey, 'x-api-key': keys.get(appKey) ?? '' }),
    });
    const baselineLoad = discoveryLoad(open.url, { appKeys });
    await warmUp(load);
    await warmUp(baselineLoad);
    const { measured, baseline } = await byTurns(
      () => underLoad(load),
      () => underLoad(baselineLoad),
    );
    return [
      {
        what: 'rate',
        unit: 'requests/s',
        measured: medianOf(measured, ({ requestsPerSecond }) => requestsPerSecond),
        baseline: medianOf(baseline, ({ requestsPerSecond }) => requestsPerSecond),
        target: { of: 'ratio', bound: 'at least', value: 0.9 },
      },
    ];
  },
};
