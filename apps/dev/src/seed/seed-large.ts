import { APP_KEYS, DESCRIPTION, ENVIRONMENTS, OPERATIONS } from './large-data-set.js';
import type { Registry } from './registry.js';

/** Applications registered concurrently. */
const AT_ONCE = 4;
const NEWS_EVERY = 50;

/**
 * Registers the data set of the benchmarks over HTTP: for each environment it issues an API key, uses it once and revokes
 * it. It skips complete environments. The registry probes none of the applications.
 *
 * @param count number of applications to register, from the first of the data set
 * @param signal stops it after the applications in progress
 * @throws SeedFailure
 */
export async function seedLarge(
  registry: Registry,
  count: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const remaining = APP_KEYS.slice(0, count).reverse();
  let done = 0;
  const work = async (): Promise<void> => {
    for (let appKey = remaining.pop(); appKey !== undefined; appKey = remaining.pop()) {
      if (signal.aborted) return;
      await seedApplication(registry, appKey);
      done += 1;
      if (done % NEWS_EVERY === 0) say(`${done} of ${count} applications`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function seedApplication(registry: Registry, appKey: string): Promise<void> {
  const application = `/applications/${appKey}`;
  if ((await registry.find(application)) === undefined) {
    await registry.call('POST', '/applications', {
      appKey,
      name: `Application ${appKey.slice('application-'.length)}`,
      description: DESCRIPTION,
      environments: ENVIRONMENTS.map((name) => ({ name, baseDomain: `${appKey}.example.com` })),
    });
  }
  for (const environment of ENVIRONMENTS) {
    const { endpoints } = await registry.call<{ endpoints: readonly unknown[] }>(
      'GET',
      `/endpoints?app_key=${appKey}&environment=${environment}`,
    );
    if (endpoints.length === OPERATIONS.length) continue;
    const keys = `${application}/environments/${environment}/api-keys`;
    const { id, apiKey } = await registry.call<{ id: string; apiKey: string }>('POST', keys, {
      name: 'seed',
    });
    await registry.register(appKey, apiKey, { app_key: appKey, environment, endpoints: OPERATIONS });
    await registry.delete(`${keys}/${id}`);
  }
}
