import type { Benchmark } from '../benchmark.js';
import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Load } from '../load/http-load.js';
import { compareRates } from '../load/rates.js';
import { AS_ADMIN } from '../processes/service.js';

const UPDATES_ON_BARE_POOL = new URL('../baselines/updates-on-bare-pool.js', import.meta.url);
const CONNECTIONS = 16;

/**
 * Changes with their audit entries. The baseline is driven over HTTP as well, by the same requests: what is compared
 * is what the service does between its socket and the same SQL, not HTTP with no HTTP.
 */
export const update: Benchmark = {
  name: 'update',
  title: 'PUT /applications/{app_key} with audit, against the same SQL on a bare pg pool behind bare Fastify',
  run: async (stage) => {
    const database = await stage.database();
    const service = await stage.service({ DATABASE_URL: database });
    const bare = await stage.script(UPDATES_ON_BARE_POOL, { DATABASE_URL: database });
    let rounds = 0;
    const loadOn = (url: string): Load => updates(url, `round ${++rounds}`);
    const rates = await compareRates(
      () => loadOn(service.url),
      () => loadOn(bare.url),
    );
    return [{ ...rates, target: { of: 'ratio', bound: 'at least', value: 0.5 } }];
  },
};

/** Every one changes something: each application is given two descriptions by turns that it never had before. */
function updates(url: string, text: string): Load {
  const requests = ['first', 'second'].flatMap((turn) =>
    APP_KEYS.map((appKey) => ({
      method: 'PUT' as const,
      path: `/applications/${appKey}`,
      headers: { ...AS_ADMIN, 'content-type': 'application/json' },
      body: JSON.stringify({ description: `${text}, ${turn}` }),
    })),
  );
  return { url, connections: CONNECTIONS, requests, status: 200 };
}
