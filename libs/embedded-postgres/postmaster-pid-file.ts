import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.js';

/** What PostgreSQL says of itself while it runs. */
export interface PostmasterPidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string | undefined;
}

/**
 * PostgreSQL writes the file line by line while it starts; see miscadmin.h for the lines. Undefined when it is absent,
 * or does not begin with a pid because it is empty or torn.
 */
export async function readPidFile(clusterDirectory: string): Promise<PostmasterPidFile | undefined> {
  try {
    const [pid = '', , , port, , , , status] = (await readFile(pathIn(clusterDirectory), 'utf8')).split('\n');
    return /^[1-9]\d*$/.test(pid)
      ? { pid: Number(pid), port: Number(port), status: status?.trim() }
      : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Only for a caller that holds the cluster lock: a PostgreSQL that finds the file may refuse to start. */
export async function removePidFile(clusterDirectory: string): Promise<void> {
  await rm(pathIn(clusterDirectory), { force: true });
}

function pathIn(clusterDirectory: string): string {
  return join(clusterDirectory, 'postmaster.pid');
}
