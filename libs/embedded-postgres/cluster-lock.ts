import { type FileHandle, writeFile } from 'node:fs/promises';
import { openWithLock } from './file-lock.js';
import { describeSelf, holderInWords, parseHolder, readLockFile } from './lock-holder.js';

/**
 * The lock to run PostgreSQL on a cluster; undefined while processes of another one hold it.
 *
 * PostgreSQL inherits the open file, so that its processes, not the service, hold the lock. It also reveals a
 * PostgreSQL that outlived its service in another PID namespace, where nothing else of it is visible.
 */
export async function lockCluster(clusterDirectory: string): Promise<FileHandle | undefined> {
  const file = await openWithLock(pathOf(clusterDirectory));
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
