import { readFile, writeFile } from 'node:fs/promises';

/** Resident memory of a process, in MiB. */
export interface ResidentMemory {
  readonly now: number;
  /** The maximum since {@link forgetHighest}, or since the process started. */
  readonly highest: number;
}

/** Reads the resident memory from /proc (Linux only). */
export async function residentMemory(pid: number): Promise<ResidentMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), highest: mebibytes('VmHWM') };
}

/** Resets `highest` to the present value. */
export async function forgetHighest(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
