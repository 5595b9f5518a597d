import { AS_ADMIN } from '../processes/service.js';

/** Concurrent requests. */
const AT_ONCE = 4;

/** Issues an API key for the production environment of each application through the service; returns them by app key. */
export async function issueKeys(url: string, appKeys: readonly string[]): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  const remaining = [...appKeys];
  const issue = async (): Promise<void> => {
    for (let appKey = remaining.pop(); appKey !== undefined; appKey = remaining.pop()) {
      const response = await fetch(`${url}/applications/${appKey}/environments/production/api-keys`, {
        method: 'POST',
        headers: { ...AS_ADMIN, 'content-type': 'application/json' },
        body: '{"name":"benchmarks"}',
      });
      if (response.status !== 201) throw new Error(`Issuing a key was answered with ${response.status}`);
      const { apiKey } = (await response.json()) as { apiKey: string };
      keys.set(appKey, apiKey);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, issue));
  return keys;
}
