import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { lockDataDirectory } from '#libs/embedded-postgres/data-directory-lock.js';
import { describeSelf, type LockHolder, parseHolder } from '#libs/embedded-postgres/lock-holder.js';
import { afterEach, beforeEach, describe, expect, it } from '../support/jest.js';

// Of the waiting, which is what is tested.
Logger.overrideLogger(false);

/** What a file system shows that carries contents from host to host, but no locks. */
describe('the lock of a data directory that a process of another host did not release', () => {
  let dataDir: string;
  let file: string;
  let other: LockHolder;

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'registry-hosts-')), 'data');
    file = join(dataDir, 'registry.lock');
    await mkdir(dataDir);
    other = { ...(await describeSelf()), pid: 4711, boot: 'of another host', host: 'other.example' };
  });
  afterEach(() => rm(join(dataDir, '..'), { recursive: true, force: true }));

  it.each([
    ['whole', (holder: LockHolder) => JSON.stringify(holder)],
    ['torn', (holder: LockHolder) => JSON.stringify(holder).slice(0, 40)],
  ])('is taken over when it is not renewed: %s', async (_, content) => {
    await writeFile(file, content(other));
    const begin = performance.now();
    const lock = await lockDataDirectory(dataDir);
    expect(performance.now() - begin).toBeGreaterThan(12_000);
    expect(parseHolder(await readFile(file, 'utf8'))?.pid).toBe(process.pid);
    await lock.release();
    expect(await readFile(file, 'utf8')).toBe('');
  });

  it('is not taken over when a rival of a third host claims it at the same time', async () => {
    await writeFile(file, JSON.stringify(other));
    const taking = lockDataDirectory(dataDir);
    const watching = setInterval(() => {
      void readFile(file, 'utf8').then(async (content) => {
        if (parseHolder(content)?.pid !== process.pid || content.includes('"rival"')) return;
        clearInterval(watching);
        await writeFile(file, JSON.stringify({ ...other, token: 'rival', host: 'rival.example' }));
      });
    }, 20);
    await expect(taking).rejects.toThrow(
      /in use by another registry \(process \d+ on another host, host rival\.example/,
    );
    clearInterval(watching);
  });
});
