import { type FileHandle, open, readFile, stat, truncate } from 'node:fs/promises';

const MAX_BYTES = 10 * 1024 * 1024;

/** The file initdb and the postmaster write to. A file, because a pipe would break when the service dies. */
export class ServerLog {
  constructor(readonly path: string) {}

  /** Opens the log for a child process to append to; a log beyond its size limit is truncated. */
  async openForAppending(): Promise<FileHandle> {
    const file = await open(this.path, 'a', 0o600);
    if ((await file.stat()).size > MAX_BYTES) await truncate(this.path);
    return file;
  }

  /** Where the next message will be written. */
  async end(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** What was written from this place on. */
  async since(offset: number): Promise<string> {
    return (await readFile(this.path)).subarray(offset).toString('utf8');
  }

  /** The message that best says, in one line, why a program that wrote from this place on has ended. */
  async reasonSince(offset: number): Promise<string> {
    const lines = (await this.since(offset)).split('\n').filter((line) => line.trim() !== '');
    const reason =
      lines.findLast((line) => /\b(FATAL|PANIC|error):/.test(line)) ?? lines.at(-1) ?? 'no message';
    return `${reason.replace(/^.*?(?=(FATAL|PANIC): )/, '').trim()}; see ${this.path}`;
  }
}
