import { type FileHandle, writeFile } from 'node:fs/promises';
import { openLocked } from './file-lock.js';
import { describeSelf, holderInWords, parseHolder, readLockFile } from './lock-holder.js';

/**
 * The right to run a PostgreSQL on a cluster; undefined while processes of one have it.
 *
 * PostgreSQL inherits the opened file, so that all its processes, not the service, keep the lock: it also tells of a
 * PostgreSQL that outlived its service and runs in another PID namespace, where no other trace of it can be seen.
 */
export async function lockCluster(clusterDirectory: string): Promise<FileHandle | undefined> {
  const file = await openLocked(pathOf(clusterDirectory));
  if (file === undefined) return undefined;
  await file.truncate();
  await writeFile(file, JSON.stringify(await describeSelf()));
  return file;
}

/** The process that started the PostgreSQL which has the lock, in words. */
export async function clusterLockStarter(clusterDirectory: string): Promise<string> {
  const starter = parseHolder(await readLockFile(pathOf(clusterDirectory)));
  return starter === undefined ? 'an unknown process' : holderInWords(starter);
}

function pathOf(clusterDirectory: string): string {
  return `${clusterDirectory}.lock`;
}
