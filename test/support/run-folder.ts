import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '#dev/scratch-folder.js';

/** With the process of the run. Short: paths of sockets below the folder have at most 107 bytes. */
const NAME = /^r-(\d+)-/;

/** Opens the temporary folder of a whole run of tests, and deletes those that earlier runs left when they were killed. */
export async function openRunFolder(): Promise<string> {
  const parent = await scratchFolder();
  for (const name of await readdir(parent)) {
    const owner = NAME.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(parent, `r-${process.pid}-`));
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(folder, 0o755);
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
