import { rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { WrongUsage } from '../failure.js';

/**
 * Writes a long text piece by piece, memory flat: to stdout, or into a file, which is there whole or, when anything
 * goes wrong, as it was before.
 *
 * @throws WrongUsage when the file cannot be made
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
  // Whatever ends the program, a signal too.
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
