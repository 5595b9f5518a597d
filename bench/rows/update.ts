import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Benchmark } from '../benchmark.js';
import type { Load } from '../load/http-load.js';
import { compareRates } from '../load/rates.js';
import { AS_ADMIN } from '../processes/service.js';

const UPDATES_ON_BARE_POOL = new URL('../baselines/updates-on-bare-pool.js', import.meta.url);
const CONNECTIONS = 16;

/**
 * Changes with their audit entries. The baseline receives the same requests over HTTP: the comparison covers the work of
 * the service between its socket and the same SQL, and does not compare HTTP with no HTTP.
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

/** Every request changes a row: each application receives two new descriptions in turn. */
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
