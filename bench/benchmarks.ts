import type { Benchmark } from './benchmark.js';
import { discovery } from './rows/discovery.js';
import { discoveryWithKey } from './rows/discovery-with-key.js';
import { flood } from './rows/flood.js';
import { health } from './rows/health.js';
import { mcp } from './rows/mcp.js';
import { notModified } from './rows/not-modified.js';
import { registration } from './rows/registration.js';
import { search } from './rows/search.js';
import { start } from './rows/start.js';
import { update } from './rows/update.js';
import { withEndpoints } from './rows/with-endpoints.js';

/** All benchmarks, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  discovery,
  notModified,
  discoveryWithKey,
  update,
  registration,
  flood,
  withEndpoints,
  health,
  search,
  mcp,
  start,
];
