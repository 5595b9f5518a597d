import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Benchmark, Target } from '../benchmark.js';
import { discoveryLoad } from '../load/discovery-load.js';
import type { Load } from '../load/http-load.js';
import { compareRates } from '../load/rates.js';

const ANSWERS_FROM_MEMORY = new URL('../baselines/answers-from-memory.js', import.meta.url);
const TARGET: Target = { of: 'ratio', bound: 'at least', value: 0.6 };

/** Agents with a cache send the entity tag of the last response (RFC 9110, section 13.1.2). */
export const notModified: Benchmark = {
  name: 'not-modified',
  title: 'GET /endpoints with If-None-Match, against bare Fastify sending 304',
  run: async (stage) => {
    const service = await stage.service({ DATABASE_URL: await stage.database() });
    const etags = await entityTags(service.url);
    if (etags === undefined) {
      return [{ what: 'rate', unit: 'requests/s', target: TARGET, note: 'no 304' }];
    }
    const memory = await stage.script(ANSWERS_FROM_MEMORY, { SERVICE_URL: service.url });
    const loadOn = (url: string): Load =>
      discoveryLoad(url, {
        headersFor: (appKey) => ({ 'if-none-match': etags.get(appKey) ?? '' }),
        status: 304,
      });
    const rates = await compareRates(
      () => loadOn(service.url),
      () => loadOn(memory.url),
    );
    return [{ ...rates, target: TARGET }];
  },
};

/** Entity tags by app key; `undefined` when the service sends none, or does not answer 304 to them. */
async function entityTags(url: string): Promise<Map<string, string> | undefined> {
  const etags = new Map<string, string>();
  for (const appKey of APP_KEYS) {
    const etag = await entityTag(`${url}/endpoints?app_key=${appKey}`);
    if (etag === undefined) return undefined;
    etags.set(appKey, etag);
  }
  return etags;
}

async function entityTag(url: string): Promise<string | undefined> {
  const whole = await fetch(url);
  await whole.arrayBuffer();
  const etag = whole.headers.get('etag');
  if (etag === null) return undefined;
  const { status } = await fetch(url, { headers: { 'if-none-match': etag } });
  return status === 304 ? etag : undefined;
}
