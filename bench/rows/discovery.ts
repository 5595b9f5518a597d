import type { Benchmark } from '../benchmark.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { compareRates } from '../load/rates.js';

const ANSWERS_FROM_MEMORY = new URL('../baselines/answers-from-memory.js', import.meta.url);

/** The usual load of agents: 32 connections request the endpoints of 1,000 applications. */
export const discovery: Benchmark = {
  name: 'discovery',
  title: 'GET /endpoints, against bare Fastify sending the same bytes from memory',
  run: async (stage) => {
    const service = await stage.service({ DATABASE_URL: await stage.database() });
    const memory = await stage.script(ANSWERS_FROM_MEMORY, { SERVICE_URL: service.url });
    const rates = await compareRates(
      () => discoveryLoad(service.url),
      () => discoveryLoad(memory.url),
    );
    return [{ ...rates, target: { of: 'ratio', bound: 'at least', value: 0.6 } }];
  },
};
