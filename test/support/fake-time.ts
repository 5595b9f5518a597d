import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Debian and Ubuntu put the library, below a folder a machine's architecture names. */
const LIBRARIES = '/usr/lib';
const LIBRARY = 'faketime/libfaketimeMT.so.1';

/** The path of libfaketime, which shows a process a wall clock of ours; undefined when it is not installed. */
export function findFakeTime(): string | undefined {
  const folders = readdirSync(LIBRARIES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => join(LIBRARIES, name, LIBRARY))
    .find((path) => {
      try {
        return readdirSync(join(path, '..')).length > 0;
      } catch {
        return false;
      }
    });
}

/** A wall clock that can be set while processes look at it. Their monotonic clock goes on as it does when one sets the time. */
export class WallClock {
  private constructor(private readonly file: string) {}

  static async at(file: string, days: number): Promise<WallClock> {
    const clock = new WallClock(file);
    await clock.set(days);
    return clock;
  }

  /** @param days how much later than the machine's clock; negative: earlier */
  async set(days: number): Promise<void> {
    await writeFile(this.file, `${days < 0 ? '' : '+'}${days}d\n`);
  }

  /** Environment variables for a process that is to look at it. */
  settings(library: string): Record<string, string> {
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }
}
