import type { Benchmark } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { DataSetServer } from './data-set/data-set-server.js';
import { writeResults } from './report/results-file.js';
import { type Result, table } from './report/table.js';
import { Stage } from './stage.js';

/**
 * `npm run bench [-- name…]`: measures all benchmarks or the named ones, prints one table and keeps the figures in
 * bench/results.json. A missed target is not a failure; a benchmark that cannot be measured is a failure.
 */
const RESULTS = 'bench/results.json';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  const known = benchmarks.map(({ name, title }) => `  ${name.padEnd(20)} ${title}\n`);
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are:\n${known.join('')}`);
  process.exit(2);
}

const server = new DataSetServer();
let stage = new Stage(server);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The running benchmark fails without its processes, and the command ends as usual and stops the database.
  process.once(signal, () => {
    interruption.abort();
    process.exitCode = 130;
    stage.clear().catch(() => undefined);
  });
}

const results: Result[] = [];
try {
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    await run(benchmark);
    if (interruption.signal.aborted) break;
  }
} finally {
  await server.stop();
}
if (!interruption.signal.aborted) {
  process.stdout.write(table(results));
  await writeResults(
    RESULTS,
    results,
    benchmarks.map(({ name }) => name),
  );
}

async function run(benchmark: Benchmark): Promise<void> {
  process.stderr.write(`${benchmark.name}: ${benchmark.title}\n`);
  stage = new Stage(server);
  try {
    results.push({ name: benchmark.name, figures: await benchmark.run(stage) });
  } catch (error) {
    if (interruption.signal.aborted) return;
    process.stderr.write(`${benchmark.name} could not be measured: ${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    await stage.clear();
  }
}
