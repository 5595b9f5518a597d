import { readFile, writeFile } from 'node:fs/promises';

/** Memory of a process that is in RAM, in MiB. */
export interface ResidentMemory {
  readonly now: number;
  /** The most since {@link forgetHighest}, or since the process began. */
  readonly highest: number;
}

/** What Linux says of a process. */
export async function residentMemory(pid: number): Promise<ResidentMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), highest: mebibytes('VmHWM') };
}

/** Lets `highest` begin anew at what there is now. */
export async function forgetHighest(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
