import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { hasCode } from './error-code.js';

const run = promisify(execFile);
const ACCOUNT_NAME = 'postgres';

/** The user PostgreSQL runs as when the service runs as root, which PostgreSQL refuses. */
export interface ServiceAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to run PostgreSQL as; undefined when the service itself is an ordinary user. An existing cluster keeps
 * its owner; otherwise it is the system user `postgres`, made when absent.
 */
export async function findServiceAccount(clusterDir: string): Promise<ServiceAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await ownerOf(clusterDir)) ?? (await lookUp()) ?? (await create());
}

/** Gives a directory and all in it to the account. */
export async function giveTo(account: ServiceAccount | undefined, directory: string): Promise<void> {
  if (account) await run('chown', ['-Rh', `${account.uid}:${account.gid}`, directory]);
}

/** Whether PostgreSQL under this account can reach the directory by its path. */
export async function canEnter(account: ServiceAccount | undefined, directory: string): Promise<boolean> {
  if (!account) return true;
  return run('/bin/sh', ['-c', 'cd "$0"', directory], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function ownerOf(directory: string): Promise<ServiceAccount | undefined> {
  try {
    const { uid, gid } = await stat(directory);
    return uid === 0 ? undefined : { uid, gid };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function lookUp(): Promise<ServiceAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', ACCOUNT_NAME]), run('id', ['-g', ACCOUNT_NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function create(): Promise<ServiceAccount> {
  let reason = '';
  try {
    await run('groupadd', ['--system', '--force', ACCOUNT_NAME]);
    await run('useradd', [
      ...['--system', '--gid', ACCOUNT_NAME, '--no-create-home', '--home-dir', '/nonexistent'],
      ...['--shell', '/usr/sbin/nologin', ACCOUNT_NAME],
    ]);
  } catch (error) {
    // Another service may have created it at this moment, so the look-up below decides.
    reason = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
  }
  const account = await lookUp();
  if (account) return account;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root and the system user "${ACCOUNT_NAME}" could not be created (${reason}); ` +
      'create it, start the registry as another user, or set DATABASE_URL',
  );
}
