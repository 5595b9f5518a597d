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
  clear(): Promise<void>;
}

export async function createProcessSandbox(): Promise<ProcessSandbox> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'registry-process-')));
  const services: ServiceProcess[] = [];
  return {
    directory,
    dataDir: join(directory, '.data'),
    start: (settings = {}) => {
      const service = startServiceProcess(directory, { HOST: '127.0.0.1', PORT: '0', ...settings });
      services.push(service);
      return service;
    },
    clear: async () => {
      for (const service of services) service.signal('SIGKILL');
      await Promise.all(services.map(({ exited }) => exited));
      await killPostmasters(directory);
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}
