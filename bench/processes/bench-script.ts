import { type NodeProcess, startNode } from './node-process.js';

const READY = /^ready (\S+)\n/m;

/** Starts a script of the benchmarks that calls {@link ready}. */
export function startBenchScript(
  script: URL,
  environment: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> {
  return startNode({ script, environment, ready: READY });
}

/** The script calls this when it is ready; it exits when the benchmark that started it exits. */
export function ready(url: string): void {
  process.once('disconnect', () => process.exit());
  process.stdout.write(`ready ${url}\n`);
}
