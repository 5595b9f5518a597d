import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installProgram } from '../../support/command-line.js';
import { describe, expect, it } from '../../support/jest.js';
import { ADMIN_KEY } from '../../support/start-app.js';
import { runInOneShell, section, told, walkthroughSteps } from '../../support/walkthrough.js';
import type { World } from './world.js';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const SHOWN_REGISTRY = 'https://registry.example.com';
const SHOWN_APPLICATION = 'http://orders.internal';

export function handbook(world: () => World): void {
  describe('the handbook', () => {
    it(
      'shows in docs/cli.md what commands do',
      async () => {
        const text = await readFile(join(REPOSITORY, 'docs/cli.md'), 'utf8');
        // Its last sections are about documents and databases that others fill.
        await worksWordForWord(world(), text.split('\n## OpenAPI\n', 1)[0] ?? '');
      },
      HANDBOOK_LIMIT_MS,
    );

    it('shows in README.md what commands do', async () => {
      const text = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
      await worksWordForWord(world(), section(text, 'The first five minutes'));
    });
  });
}

/** Dozens of processes, one after the other. */
const HANDBOOK_LIMIT_MS = 180_000;

/** Runs the commands of a text on an empty registry, and compares what they print with what it shows. */
async function worksWordForWord({ app, directory, healthy }: World, text: string): Promise<void> {
  await app.database.query('DELETE FROM "Application"');
  const folder = await workplace(directory);
  const steps = walkthroughSteps(
    text.replaceAll(SHOWN_REGISTRY, app.url).replaceAll(SHOWN_APPLICATION, healthy.url),
  );
  const results = await runInOneShell(
    [
      `export PATH="$PWD:$PATH" DATABASE_URL=${app.database.url} MCP_REGISTRY_URL=${app.url}`,
      ...steps.map(({ command }) => command),
    ],
    folder,
  );
  expect(told(results.slice(1))).toEqual(told(steps));
  expect(steps.length).toBeGreaterThan(4);
}

/** A folder as readers have it: with the program, the examples and the admin key. */
async function workplace(directory: string): Promise<string> {
  const folder = await mkdtemp(join(directory, 'handbook-'));
  await symlink(join(REPOSITORY, 'examples'), join(folder, 'examples'));
  await mkdir(join(folder, '.data'));
  for (const file of ['admin-key', '.data/admin-key']) {
    await writeFile(join(folder, file), `${ADMIN_KEY}\n`, { mode: 0o600 });
  }
  await installProgram(folder);
  return folder;
}
