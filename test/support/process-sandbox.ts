import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killPostmasters } from './embedded-database.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/** A temporary folder, and the services started in it: nothing of either is left after `clear()`. */
export interface ProcessSandbox {
  readonly directory: string;
  /** Where the services started here keep their data. */
  readonly dataDir: string;
  /** @param settings all environment variables of the process, beyond a loopback address and a free port */
  start(settings?: Readonly<Record<string, string>>): ServiceProcess;
  /** Kills what was started, databases included, and leaves the files. */
  kill(): Promise<void>;
  /** As `kill()`, and takes the files away. */
  clear(): Promise<void>;
}

export async function createProcessSandbox(): Promise<ProcessSandbox> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'registry-process-')));
  const services: ServiceProcess[] = [];
  const kill = async (): Promise<void> => {
    for (const service of services) service.signal('SIGKILL');
    await Promise.all(services.map(({ exited }) => exited));
    await killPostmasters(directory);
  };
  return {
    directory,
    dataDir: join(directory, '.data'),
    start: (settings = {}) => {
      const service = startServiceProcess(directory, { HOST: '127.0.0.1', PORT: '0', ...settings });
      services.push(service);
      return service;
    },
    kill,
    clear: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}
