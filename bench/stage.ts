import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSetServer } from './data-set/data-set-server.js';
import { type LoopbackOrigins, startLoopbackOrigins } from './origins/loopback-origins.js';
import { startBenchScript } from './processes/bench-script.js';
import type { NodeProcess } from './processes/node-process.js';
import { startService } from './processes/service.js';

/** The resources of one benchmark; they are released when it ends. */
export class Stage {
  private readonly endings: (() => Promise<void>)[] = [];

  constructor(private readonly server: DataSetServer) {}

  /** URL of a new database that contains the data set. */
  async database(): Promise<string> {
    const url = await this.server.copy();
    this.endings.push(() => this.server.drop(url));
    return url;
  }

  /** Starts the built service. @param settings environment variables in addition to the common ones */
  async service(
    settings: Readonly<Record<string, string>>,
    { preload, cwd }: { readonly preload?: URL; readonly cwd?: string } = {},
  ): Promise<NodeProcess> {
    return this.ending(await startService({ settings, preload, cwd: cwd ?? (await this.directory()) }));
  }

  /** Starts a script of the benchmarks, such as a baseline. @param environment its whole environment except PATH */
  async script(url: URL, environment: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    return this.ending(await startBenchScript(url, environment));
  }

  /** Starts HTTP servers on every loopback address, as targets of probes. */
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

  /** Adds a step to the end of the benchmark, which runs before the earlier ones. */
  endWith(ending: () => Promise<void>): void {
    this.endings.push(ending);
  }

  /** Releases all resources, the latest first; a failure does not prevent the others. */
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
