import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { WrongUsage } from '../failure.js';

/**
 * Writes a long text as a stream: to stdout, or into a file, which is replaced only by a complete one.
 *
 * @throws WrongUsage when the file cannot be created
 */
export async function writeDocument(
  file: string | undefined,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  if (file === undefined) {
    await writeAll(process.stdout, pieces);
    return;
  }
  const draft = `${file}.${process.pid}.part`;
  const removeDraft = (): void => {
    rmSync(draft, { force: true });
  };
  // Also when a signal ends the program.
  process.once('exit', removeDraft);
  try {
    const handle = await open(draft, 'wx').catch((error: unknown) => {
      throw new WrongUsage(
        `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      );
    });
    try {
      for await (const piece of pieces) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    removeDraft();
    process.off('exit', removeDraft);
  }
}

async function writeAll(stream: Writable, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (!stream.write(piece)) await once(stream, 'drain');
  }
}
