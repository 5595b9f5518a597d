import type { Benchmark } from '../benchmark.js';
import { discoveryLoad } from '../load/discovery-load.js';
import { underLoad, warmUp } from '../load/http-load.js';
import { byTurns } from '../rounds.js';
import { medianOf } from '../statistics.js';

const ANSWERS_FROM_MEMORY = new URL('../baselines/answers-from-memory.js', import.meta.url);

/** What agents do all day: 32 connections ask for the endpoints of 1,000 applications. */
export const discovery: Benchmark = {
  name: 'discovery',
  title: 'GET /endpoints, against bare Fastify sending the same bytes from memory',
  run: async (stage) => {
    const service = await stage.service({ DATABASE_URL: await stage.database() });
    const memory = await stage.script(ANSWERS_FROM_MEMORY, { SERVICE_URL: service.url });
    const [load, baselineLoad] = [discoveryLoad(service.url), discoveryLoad(memory.url)];
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
        target: { of: 'ratio', bound: 'at least', value: 0.6 },
      },
    ];
  },
};
