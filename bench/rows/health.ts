import type { Benchmark } from '../benchmark.js';
import { historyFigures } from '../health/history.js';
import { probingFigures } from '../health/probing.js';

/** Probing against its schedule, and the size of the health history. */
export const health: Benchmark = {
  name: 'health',
  title: '10,000 targets probed every 10 s, against the schedule; a year of health history',
  run: async (stage) => [...(await probingFigures(stage)), ...(await historyFigures(stage))],
};
