import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Benchmark } from '../benchmark.js';
import { issueKeys } from '../data-set/issue-keys.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { compareRates } from '../load/rates.js';

/** Each costs two bcrypt hashes at full cost before the measurement: one at its issue, one at its first use. */
const APPLICATIONS_WITH_KEYS = 100;

/** Requests for the same applications: with their API keys if a key is required, and without keys if not. */
export const discoveryWithKey: Benchmark = {
  name: 'discovery-with-key',
  title: 'GET /endpoints where it needs an API key, against the same where it needs none',
  run: async (stage) => {
    const database = await stage.database();
    const open = await stage.service({ DATABASE_URL: database });
    const closed = await stage.service({ DATABASE_URL: database, ENDPOINTS_REQUIRE_KEY: 'true' });
    const appKeys = APP_KEYS.slice(0, APPLICATIONS_WITH_KEYS);
    const keys = await issueKeys(open.url, appKeys);
    const headersFor = (appKey: string): Record<string, string> => ({
      'x-app-key': appKey,
      'x-api-key': keys.get(appKey) ?? '',
    });
    for (const appKey of appKeys) {
      const response = await fetch(`${closed.url}/endpoints?app_key=${appKey}`, {
        headers: headersFor(appKey),
      });
      if (response.status !== 200) throw new Error(`A valid key was answered with ${response.status}`);
      await response.arrayBuffer();
    }
    const rates = await compareRates(
      () => discoveryLoad(closed.url, { appKeys, headersFor }),
      () => discoveryLoad(open.url, { appKeys }),
    );
    return [{ ...rates, target: { of: 'ratio', bound: 'at least', value: 0.9 } }];
  },
};
