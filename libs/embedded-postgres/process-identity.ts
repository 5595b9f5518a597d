import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that is not mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** The process that has this pid now; undefined when there is none or only its zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = process.platform === 'linux' ? await linuxStartTime(pid) : await psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether this very process still runs. */
export async function isRunning({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startTime === startTime;
}

/** Identifies the running kernel; undefined when the system has no such id. */
export async function bootId(): Promise<string | undefined> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (id) => id.trim(),
    () => undefined,
  );
}

/** Program and arguments, joined by blanks; empty when the process is gone. */
export async function commandLineOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(pid, 'command=');
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').join(' ').trim();
}

/** Where the process works; undefined when the system does not tell us. */
export async function workingDirectoryOf(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

async function linuxStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the program's name, which may itself hold blanks and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksSinceBoot = rest[18];
  if (state === 'Z' || state === 'X' || ticksSinceBoot === undefined) return undefined;
  // Two boots can start the same pid at the same tick; the boot's id tells them apart.
  return `${ticksSinceBoot}@${(await bootId()) ?? ''}`;
}

async function psStartTime(pid: number): Promise<string | undefined> {
  const [state, ...startTime] = (await ps(pid, 'state=,lstart=')).split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : startTime.join(' ');
}

async function ps(pid: number, columns: string): Promise<string> {
  // ps cuts long command lines to the terminal's width without -ww, and prints dates in the user's language.
  const options = { env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  return run('ps', ['-ww', '-o', columns, '-p', String(pid)], options).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
