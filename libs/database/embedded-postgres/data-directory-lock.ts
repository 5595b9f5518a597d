import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

const LOCK_FILE = 'registry.lock';

interface Holder extends ProcessIdentity {
  /** Tells two holders apart even when both are the same process. */
  readonly token: string;
}

/** The right to be the only service on a data directory. */
export interface DataDirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process. A lock left by a dead process is replaced; of several starts at the
 * same instant exactly one succeeds, the others get an error that names the holder.
 */
export async function lockDataDirectory(dataDir: string): Promise<DataDirectoryLock> {
  const lockFile = join(dataDir, LOCK_FILE);
  const token = randomUUID();
  const claim = `${lockFile}.${token}`;
  const self = await identifyProcess(process.pid);
  if (!self) throw new Error('this system does not tell when a process started');
  await writeFile(claim, JSON.stringify({ ...self, token }), { flag: 'wx', mode: 0o644 });
  try {
    await take(lockFile, claim, dataDir);
  } finally {
    await rm(claim, { force: true });
  }
  await removeDeadClaims(dataDir);
  return {
    release: async () => {
      if ((await readHolder(lockFile))?.token === token) await rm(lockFile, { force: true });
    },
  };
}

async function take(file: string, claim: string, dataDir: string): Promise<void> {
  for (;;) {
    if (await linkUnlessTaken(claim, file)) return;
    const holder = await readHolder(file);
    if (!holder) continue;
    if (await isRunning(holder)) {
      throw new EmbeddedPostgresError(
        `DATA_DIR ${dataDir} is in use by another registry (process ${holder.pid}); stop it or set another DATA_DIR`,
      );
    }
    // Deleting a dead holder's file could delete the file of a rival who was faster. So the right to replace this
    // very holder is a lock as well, and the rename turns that right into the lock in one step.
    const succession = `${file}.after-${holder.token}`;
    await take(succession, claim, dataDir);
    if ((await readHolder(file))?.token === holder.token) {
      await rename(succession, file);
      return;
    }
    await rm(succession, { force: true });
  }
}

async function linkUnlessTaken(claim: string, file: string): Promise<boolean> {
  try {
    // Unlike open-then-write, a link appears together with its content.
    await link(claim, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { pid, startTime, token } = JSON.parse(content) as Holder;
    if (Number.isInteger(pid) && startTime && token) return { pid, startTime, token };
  } catch {
    // Falls through: a lock is written whole, so this one was torn by a power loss and its holder is gone.
  }
  return { pid: 0, startTime: 'unknown', token: 'unreadable' };
}

/** A process killed between claiming and linking leaves its claim behind. */
async function removeDeadClaims(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(`${LOCK_FILE}.`)) continue;
    const claim = join(dataDir, name);
    const holder = await readHolder(claim);
    // An unreadable claim may just be being written.
    if (holder && holder.pid !== 0 && !(await isRunning(holder))) await rm(claim, { force: true });
  }
}
