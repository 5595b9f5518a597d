import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/sync-directory.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';

/** The stored password of the cluster's superuser; undefined when none was stored yet. */
export async function readSuperuserPassword(dataDir: string): Promise<string | undefined> {
  try {
    const password = (await readFile(passwordFile(dataDir), 'utf8')).trim();
    if (password !== '') return password;
    throw new EmbeddedPostgresError(`${passwordFile(dataDir)} is empty; restore it from a backup`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Makes a password and stores it, readable by the service's user only; on disk before a cluster depends on it. */
export async function createSuperuserPassword(dataDir: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  const unfinished = `${passwordFile(dataDir)}.new`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${password}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, passwordFile(dataDir));
  await syncDirectory(dataDir);
  return password;
}

function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres-password');
}
