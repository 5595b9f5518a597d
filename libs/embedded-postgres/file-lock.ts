import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/**
 * Opens a file, made when absent, and locks it for this opening: undefined when another opening holds the lock.
 *
 * The operating system keeps the lock until every process that shares this opening has closed it or has ended. It
 * holds across PID and IPC namespaces, and across hosts where the file system supports that (NFS 4 does).
 *
 * @throws EmbeddedPostgresError when the file system has no locks
 */
export async function openWithLock(path: string): Promise<FileHandle | undefined> {
  // Loaded here: its binary does not exist for every platform on which DATABASE_URL works.
  const { tryLock } = await import('fs-native-extensions');
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let locked = false;
  try {
    locked = tryLock(file.fd);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `${path} cannot be locked (${(error as Error).message}); set a DATA_DIR on a file system with file locks`,
      { cause: error },
    );
  } finally {
    if (!locked) await file.close();
  }
  return locked ? file : undefined;
}
