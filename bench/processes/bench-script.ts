import { type NodeProcess, startNode } from './node-process.js';

const READY = /^ready (\S+)\n/m;

/** Starts a script of the benchmarks that says {@link ready}. */
export function startBenchScript(
  script: URL,
  environment: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> {
  return startNode({ script, environment, ready: READY });
}

/** Said by the script when it can be used; it ends with the benchmark that started it. */
export function ready(url: string): void {
  process.once('disconnect', () => process.exit());
  process.stdout.write(`ready ${url}\n`);
}
