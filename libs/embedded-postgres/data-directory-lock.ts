import { type FileHandle, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { openWithLock } from './file-lock.js';
import { describeSelf, holderInWords, type LockHolder, parseHolder, readLockFile } from './lock-holder.js';
import { waitUntil } from './wait-until.js';

const LOCK_FILE = 'registry.lock';
const HEARTBEAT_MS = 2000;
/** Heartbeats without a renewal: then the holder gives up, 6 s after the last renewal. */
const HEARTBEATS_MISSED = 3;
/**
 * Without a heartbeat for this long, a holder on another host is gone. It leaves a holder that gave up 5 s more to end
 * PostgreSQL, which kills its processes after that time.
 */
const LEASE_MS = 12_000;
const SETTLE_MS = 500;
const DESCRIPTION_MS = 1000;

/** The right to be the only service on a data directory. */
export interface DataDirectoryLock {
  /** Resolves, with the reason, when the right is lost: PostgreSQL has to end within 5 s from then. */
  readonly lost: Promise<EmbeddedPostgresError>;
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process; of several starts at the same instant exactly one succeeds.
 *
 * On one host the operating system decides, at once and across namespaces. A lock that was not released by a process
 * of another host, or before a reboot, is taken over once it was not renewed for 12 s on the clock of this process:
 * its file system may not carry locks from host to host.
 *
 * @throws EmbeddedPostgresError that names the holder; the reason of `signal` when that is aborted
 */
export async function lockDataDirectory(dataDir: string, signal?: AbortSignal): Promise<DataDirectoryLock> {
  const path = join(dataDir, LOCK_FILE);
  const file = await openWithLock(path);
  if (file === undefined) throw await inUse(dataDir, path);
  try {
    const self = await describeSelf();
    await takeOver(dataDir, path, file, self, signal);
    return new HeldLock(dataDir, path, file, self);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function takeOver(
  dataDir: string,
  path: string,
  file: FileHandle,
  self: LockHolder,
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = await readLockFile(path);
  const holder = parseHolder(left);
  const abroad = left !== '' && holder?.boot !== self.boot;
  if (abroad) {
    const who = holder === undefined ? 'a process unknown' : await holderInWords(holder);
    new Logger('Database').warn(
      `${path} was not released by ${who}: watching for ${LEASE_MS / 1000} s whether it is renewed`,
    );
    const renewed = async (): Promise<boolean> => (await readLockFile(path)) !== left;
    if (await waitUntil(renewed, LEASE_MS, signal)) throw await inUse(dataDir, path);
  }
  await file.truncate();
  await write(path, self, 0);
  if (!abroad) return;
  // The former holder, or a rival that waited as well, may have written at the same moment: the last one wins.
  const lost = async (): Promise<boolean> => parseHolder(await readLockFile(path))?.token !== self.token;
  if (await waitUntil(lost, HEARTBEAT_MS + SETTLE_MS, signal)) throw await inUse(dataDir, path);
}

async function inUse(dataDir: string, path: string): Promise<EmbeddedPostgresError> {
  let holder: LockHolder | undefined;
  // A holder describes itself right after it took the lock.
  await waitUntil(async () => {
    holder = parseHolder(await readLockFile(path));
    return holder !== undefined;
  }, DESCRIPTION_MS);
  const who = holder === undefined ? 'just starting or stopping' : await holderInWords(holder);
  return new EmbeddedPostgresError(
    `DATA_DIR ${dataDir} is in use by another registry (${who}); stop it or set another DATA_DIR`,
  );
}

/** In place, because the lock belongs to this file; closed each time, because NFS sends what was written then. */
async function write(path: string, holder: LockHolder, heartbeat: number): Promise<void> {
  const content = JSON.stringify({ ...holder, heartbeat: String(heartbeat).padStart(12, '0') });
  await writeFile(path, content, { flag: 'r+' });
}

class HeldLock implements DataDirectoryLock {
  readonly lost: Promise<EmbeddedPostgresError>;
  private readonly heartbeats: NodeJS.Timeout;
  private lose!: (reason: EmbeddedPostgresError) => void;
  private heartbeat = 0;
  /**
   * Counted in turns of the event loop, not by the clock: a suspended process looks at the lock before it gives
   * up.
   */
  private missed = 0;
  private beating: Promise<void> | undefined;

  constructor(
    private readonly dataDir: string,
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly self: LockHolder,
  ) {
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
    });
    // Not a job of the service: the command line and tests hold the lock without one.
    // eslint-disable-next-line no-restricted-globals
    this.heartbeats = setInterval(() => {
      this.beat();
    }, HEARTBEAT_MS).unref();
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeats);
    await this.beating;
    const holder = parseHolder(await readLockFile(this.path));
    if (holder?.token === this.self.token) await this.file.truncate();
    await this.file.close();
  }

  private beat(): void {
    this.missed += 1;
    if (this.missed >= HEARTBEATS_MISSED) {
      this.giveUp(`could not be renewed for ${(HEARTBEATS_MISSED * HEARTBEAT_MS) / 1000} s`);
      return;
    }
    this.beating ??= this.renew()
      .catch(() => undefined)
      .finally(() => {
        this.beating = undefined;
      });
  }

  private async renew(): Promise<void> {
    const holder = parseHolder(await readLockFile(this.path));
    if (holder?.token !== this.self.token) {
      this.giveUp(
        holder === undefined ? 'was deleted or damaged' : `was taken by ${await holderInWords(holder)}`,
      );
      return;
    }
    this.heartbeat += 1;
    await write(this.path, this.self, this.heartbeat);
    this.missed = 0;
  }

  private giveUp(reason: string): void {
    clearInterval(this.heartbeats);
    this.lose(
      new EmbeddedPostgresError(
        `${this.path} ${reason}: the PostgreSQL on ${this.dataDir} was stopped at once`,
      ),
    );
  }
}
