import type { Benchmark } from '../benchmark.js';
import { APP_KEYS } from '../data-set/data-set.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { underLoad, warmUp } from '../load/http-load.js';
import { byTurns } from '../rounds.js';
import { medianOf } from '../statistics.js';

const ANSWERS_FROM_MEMORY = new URL('../baselines/answers-from-memory.js', import.meta.url);

/** What agents do that remember: they ask with the entity tag of the last answer (RFC 9110, section 13.1.2). */
export const notModified: Benchmark = {
  name: 'not-modified',
  title: 'GET /endpoints with If-None-Match, against bare Fastify sending 304',
  run: async (stage) => {
    const rate = {
      what: 'rate',
      unit: 'requests/s',
      target: { of: 'ratio', bound: 'at least', value: 0.6 },
    } as const;
    const service = await stage.service({ DATABASE_URL: await stage.database() });
    const etags = await entityTags(service.url);
    if (etags === undefined) return [{ ...rate, note: 'no 304' }];
    const headersFor = (appKey: string): Record<string, string> => ({
      'if-none-match': etags.get(appKey) ?? '',
    });
    const memory = await stage.script(ANSWERS_FROM_MEMORY, { SERVICE_URL: service.url });
    const load = discoveryLoad(service.url, { headersFor, status: 304 });
    const baselineLoad = discoveryLoad(memory.url, { headersFor, status: 304 });
    await warmUp(load);
    await warmUp(baselineLoad);
    const { measured, baseline } = await byTurns(
      () => underLoad(load),
      () => underLoad(baselineLoad),
    );
    return [
      {
        ...rate,
        measured: medianOf(measured, ({ requestsPerSecond }) => requestsPerSecond),
        baseline: medianOf(baseline, ({ requestsPerSecond }) => requestsPerSecond),
      },
    ];
  },
};

/** By app key; `undefined` when the service has none, or does not answer 304 to them. */
async function entityTags(url: string): Promise<Map<string, string> | undefined> {
  const etags = new Map<string, string>();
  for (const appKey of APP_KEYS) {
    const response = await fetch(`${url}/endpoints?app_key=${appKey}`);
    await response.arrayBuffer();
    const etag = response.headers.get('etag');
    if (etag === null) return undefined;
    etags.set(appKey, etag);
  }
  const [[appKey, etag] = ['', '']] = etags;
  const { status } = await fetch(`${url}/endpoints?app_key=${appKey}`, {
    headers: { 'if-none-match': etag },
  });
  return status === 304 ? etags : undefined;
}
