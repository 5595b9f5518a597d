import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineOf, identifyProcess } from '#libs/database/embedded-postgres/process-identity.js';

/** The pid of the embedded server of a data directory, running or dead; undefined after it ended properly. */
export async function postmasterPid(dataDir: string): Promise<number | undefined> {
  const [pid] = await pidFile(dataDir);
  return pid === undefined ? undefined : Number(pid);
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

async function pidFile(dataDir: string): Promise<string[]> {
  const content = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return content === '' ? [] : content.split('\n');
}
