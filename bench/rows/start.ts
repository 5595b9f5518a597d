import type { Benchmark } from '../benchmark.js';
import type { NodeProcess } from '../processes/node-process.js';
import { byTurns } from '../rounds.js';
import { median } from '../statistics.js';

const BARE_NEST = new URL('../baselines/bare-nest.js', import.meta.url);

/** From the start of the process until it reports that it is ready, including the embedded PostgreSQL. */
export const start: Benchmark = {
  name: 'start',
  title: 'start on an initialised embedded database, against bare Nest with Swagger and no database',
  run: async (stage) => {
    const cwd = await stage.directory();
    const startService = (): Promise<NodeProcess> => stage.service({}, { cwd });
    const startBareNest = (): Promise<NodeProcess> => stage.script(BARE_NEST);
    // The first start creates the database.
    await milliseconds(startService);
    await milliseconds(startBareNest);
    const { measured, baseline } = await byTurns(
      () => milliseconds(startService),
      () => milliseconds(startBareNest),
    );
    return [
      {
        what: 'time to ready',
        unit: 'ms',
        measured: median(measured),
        baseline: median(baseline),
        target: { of: 'ratio', bound: 'at most', value: 3 },
      },
    ];
  },
};

async function milliseconds(startProcess: () => Promise<NodeProcess>): Promise<number> {
  const begun = performance.now();
  const started = await startProcess();
  const took = performance.now() - begun;
  await started.stop();
  return took;
}
