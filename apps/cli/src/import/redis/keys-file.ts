import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '#libs/files/sync-directory.js';
import { Failure } from '../../failure.js';

/** An API key with its application and environment. */
export interface KeyLine {
  readonly appKey: string;
  readonly environment: string;
  readonly apiKey: string;
}

/**
 * The file of new API keys, one line of JSON each, readable by its owner only. It is appended to, never overwritten,
 * and created with the first key.
 *
 * No key is lost: a line is on the disk before the transaction that makes its key valid commits. When the commit
 * fails the line is removed. When the process dies between the two, or the outcome of the commit is unknown, the line
 * stays: the key may be valid. If it is not, the next run finds the application without a key and adds another line,
 * so that the last line of an application counts.
 */
export class KeysFile {
  private file: FileHandle | undefined;
  private sizeBefore: number | undefined;

  constructor(private readonly path: string) {}

  /** @throws Failure when others could read the file, or it cannot be written */
  async open(): Promise<void> {
    if (this.file !== undefined) return;
    const { O_RDWR, O_APPEND, O_CREAT } = constants;
    const file = await open(this.path, O_RDWR | O_APPEND | O_CREAT, 0o600).catch((error: unknown) => {
      throw new Failure(
        `--keys-file: ${this.path} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      );
    });
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      await file.close();
      throw new Failure(`--keys-file: others can read ${this.path}: chmod 600 it, or name another file`);
    }
    await syncDirectory(dirname(this.path));
    this.file = file;
  }

  /** Resolves when the line is on the disk. */
  async append(line: KeyLine): Promise<void> {
    const file = this.opened();
    const { size } = await file.stat();
    this.sizeBefore = size;
    // Ends a line that a crash cut off.
    const separator = size > 0 && !(await endsWithNewline(file, size)) ? '\n' : '';
    try {
      await file.appendFile(`${separator}${JSON.stringify(line)}\n`);
      await file.sync();
    } catch (error) {
      throw new Failure(
        `--keys-file: ${this.path} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  }

  /** Keeps the last line: its key is valid. */
  keep(): void {
    this.sizeBefore = undefined;
  }

  /** Removes the last line: its key did not become valid. */
  async withdraw(): Promise<void> {
    if (this.sizeBefore === undefined) return;
    await this.opened().truncate(this.sizeBefore);
    await this.opened().sync();
    this.sizeBefore = undefined;
  }

  async close(): Promise<void> {
    await this.file?.close();
  }

  private opened(): FileHandle {
    if (this.file === undefined) throw new Error('The file of keys is not open');
    return this.file;
  }
}

async function endsWithNewline(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
