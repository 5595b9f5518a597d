import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { bootId, identifyProcess, type ProcessIdentity } from './process-identity.js';

/** The process that holds a lock, as it describes itself in the lock's file. */
export interface LockHolder extends ProcessIdentity {
  readonly host: string;
  /** The running kernel: of two holders on the same one, the operating system decides which has the lock. */
  readonly boot: string;
  /** Absent where the system has no PID namespaces. */
  readonly pidNamespace: string | undefined;
  /** By the holder's clock: for people, never compared. */
  readonly since: string;
  /** Distinguishes two holders even when both are the same process. */
  readonly token: string;
}

/** This process as a holder. */
export async function describeSelf(): Promise<LockHolder> {
  const self = await identifyProcess(process.pid);
  if (!self) throw new Error('this system does not tell when a process started');
  return {
    ...self,
    host: hostname(),
    boot: (await bootId()) ?? hostname(),
    pidNamespace: await readlink('/proc/self/ns/pid').catch(() => undefined),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
}

/** The content of a lock's file; empty when it is absent or its last holder released it. */
export async function readLockFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
}

/** The holder described in a lock's file; undefined when the file is empty, torn or not ours. */
export function parseHolder(content: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(content) as Record<keyof LockHolder, unknown>;
    const texts = [holder.startTime, holder.host, holder.boot, holder.since, holder.token];
    if (Number.isInteger(holder.pid) && texts.every((text) => typeof text === 'string')) {
      return holder as LockHolder;
    }
  } catch {
    // Torn, by a power loss or because it is being written.
  }
  return undefined;
}

/** The holder in words, as far as this process can tell. */
export async function holderInWords(holder: LockHolder): Promise<string> {
  const self = await describeSelf();
  const where =
    holder.boot === self.boot && holder.pidNamespace === self.pidNamespace
      ? ''
      : holder.boot === self.boot
        ? ' in another container or PID namespace'
        : ' on another host';
  // A file anyone with access to the volume may write: only what fits a host name and a time is repeated.
  const [host, since] = [holder.host, holder.since].map((text) =>
    text.replaceAll(/[^\w.:-]/g, '?').slice(0, 64),
  );
  return `process ${holder.pid}${where}, host ${host}, since ${since}`;
}
