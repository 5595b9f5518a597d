import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSetServer } from './data-set/data-set-server.js';
import { type LoopbackOrigins, startLoopbackOrigins } from './origins/loopback-origins.js';
import { startBenchScript } from './processes/bench-script.js';
import type { NodeProcess } from './processes/node-process.js';
import { startService } from './processes/service.js';

/** Where one benchmark runs: what it starts here ends with it. */
export class Stage {
  private readonly endings: (() => Promise<void>)[] = [];

  constructor(private readonly server: DataSetServer) {}

  /** URL of a database of its own that holds the data set. */
  async database(): Promise<string> {
    const url = await this.server.copy();
    this.endings.push(() => this.server.drop(url));
    return url;
  }

  /** The built service. @param settings environment variables beyond those that every service here has */
  async service(
    settings: Readonly<Record<string, string>>,
    { preload, cwd }: { readonly preload?: URL; readonly cwd?: string } = {},
  ): Promise<NodeProcess> {
    return this.ending(await startService({ settings, preload, cwd: cwd ?? (await this.directory()) }));
  }

  /** A script of the benchmarks, such as a baseline. @param environment its whole environment besides PATH */
  async script(url: URL, environment: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    return this.ending(await startBenchScript(url, environment));
  }

  /** HTTP servers on every loopback address, to be probed. */
  async loopbackOrigins(): Promise<LoopbackOrigins> {
    const origins = await startLoopbackOrigins();
    this.endings.push(() => origins.stop());
    return origins;
  }

  /** An empty directory. */
  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'registry-bench-'));
    this.endings.push(() => rm(directory, { recursive: true, force: true }));
    return directory;
  }

  /** Ends with the benchmark, before what is there already. */
  endWith(ending: () => Promise<void>): void {
    this.endings.push(ending);
  }

  /** Ends everything, the latest first and each whether or not the others can be ended. */
  async clear(): Promise<void> {
    const ending = this.endings.pop();
    if (ending === undefined) return;
    try {
      await ending();
    } finally {
      await this.clear();
    }
  }

  private ending(started: NodeProcess): NodeProcess {
    this.endings.push(() => started.stop());
    return started;
  }
}
