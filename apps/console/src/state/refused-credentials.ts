import { api } from '../api/client.js';
import { DAY } from '../ui/format.js';

/** Refusals that have an application and a reason in common. */
interface RefusedGroup {
  readonly appKey: string | null;
  readonly reason: string;
  readonly count: number;
}

/** Refusals of the last 24 hours, the most frequent first. @throws Problem */
export async function refusedCredentials(): Promise<readonly RefusedGroup[]> {
  const from = new Date(Date.now() - DAY).toISOString();
  const { data = [] } = await api.GET('/audit-logs', {
    params: { query: { action: 'credentials.refused', from, limit: 500 } },
  });
  const groups = new Map<string, RefusedGroup>();
  for (const { appKey, reason, resourceId, occurrences } of data) {
    // The console itself asks so whether it is signed in.
    if (reason === 'missing-credentials' && resourceId?.endsWith('/session') === true) continue;
    const name = JSON.stringify([appKey, reason]);
    const count = (groups.get(name)?.count ?? 0) + occurrences;
    groups.set(name, { appKey, reason: reason ?? 'refused', count });
  }
  return [...groups.values()].sort((one, other) => other.count - one.count).slice(0, 10);
}
