import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineOf, identifyProcess } from '#libs/embedded-postgres/process-identity.js';
import { eventually } from './eventually.js';

/** The pid of the embedded server of a data directory, running or dead; undefined after it ended properly. */
export async function findPostmaster(dataDir: string): Promise<number | undefined> {
  const [pid] = await pidFile(dataDir);
  return pid === undefined ? undefined : Number(pid);
}

/** As {@link findPostmaster}, where there has to be one. */
export async function postmasterPid(dataDir: string): Promise<number> {
  const pid = await findPostmaster(dataDir);
  if (pid === undefined) throw new Error(`No PostgreSQL works on ${dataDir}`);
  return pid;
}

/** Whether that very process is a PostgreSQL server that runs. */
export async function isPostmaster(pid: number | undefined): Promise<boolean> {
  return (
    pid !== undefined &&
    (await identifyProcess(pid)) !== undefined &&
    (await commandLineOf(pid)).includes('/postgres -D ')
  );
}

/** How to reach the embedded database beside the service that owns it. */
export async function embeddedDatabaseUrl(dataDir: string): Promise<string> {
  const [, , , port = ''] = await pidFile(dataDir);
  const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim();
  return `postgres://mcp_registry:${password}@127.0.0.1:${port}/mcp_registry`;
}

/** Ends the embedded server of every data directory that lies in the folder. */
export async function killPostmasters(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = await findPostmaster(join(folder, name));
    if (pid === undefined || !(await isPostmaster(pid))) continue;
    process.kill(pid, 'SIGQUIT');
    await eventually(async () => !(await isPostmaster(pid)));
  }
}

/** Where a data directory's server says who it is and what it is doing. */
export function postmasterFile(dataDir: string): string {
  return join(dataDir, 'postgres', 'postmaster.pid');
}

async function pidFile(dataDir: string): Promise<string[]> {
  const content = await readFile(postmasterFile(dataDir), 'utf8').catch(() => '');
  return content === '' ? [] : content.split('\n');
}
