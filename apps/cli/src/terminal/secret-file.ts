import { open, rm } from 'node:fs/promises';
import { WrongUsage } from '../failure.js';

/** A file for one secret, readable by its owner only. */
export interface SecretFile {
  readonly path: string;
  write(secret: string): Promise<void>;
  /** Deletes the file if nothing was written. */
  close(): Promise<void>;
}

/**
 * Creates the file first: without a place to store the secret, none is issued.
 *
 * @throws WrongUsage when it exists, or cannot be created
 */
export async function reserveSecretFile(path: string): Promise<SecretFile> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new WrongUsage(
      `--output-file: ${path} ${code === 'EEXIST' ? 'exists already' : `cannot be made (${code})`}`,
    );
  });
  let written = false;
  return {
    path,
    write: async (secret) => {
      await file.writeFile(`${secret}\n`);
      await file.sync();
      written = true;
    },
    close: async () => {
      await file.close();
      if (!written) await rm(path, { force: true });
    },
  };
}
