import { open } from 'node:fs/promises';

/** Makes the directory's entries, such as a rename just done, survive a power loss. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
