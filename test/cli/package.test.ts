import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '../support/jest.js';
import { runCommand } from '../support/run-command.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

it('packs what mcp-registry needs, and nothing else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'registry-package-'));
  try {
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    const packed = await runCommand('npm', pack, { cwd: REPOSITORY, env: { HOME: directory } });
    const [{ filename, files }] = JSON.parse(packed.stdout) as [
      { filename: string; files: { path: string; mode: number }[] },
    ];
    const folders = files.map(({ path }) => path.split('/').slice(0, 3).join('/'));
    expect(new Set(folders.filter((folder) => folder.startsWith('dist/')))).toEqual(
      new Set([
        'dist/apps/cli',
        'dist/apps/console',
        'dist/apps/registry',
        ...folders.filter((each) => /^dist\/(libs|migrations)\//.test(each)),
      ]),
    );
    await runCommand('tar', ['-xzf', join(directory, filename), '-C', directory]);
    // What npm would install beside it.
    await symlink(join(REPOSITORY, 'node_modules'), join(directory, 'node_modules'));
    const main = join(directory, 'package/dist/apps/cli/src/main.js');
    const [help, migrate] = await Promise.all([
      runCommand(process.execPath, [main, '--version']),
      runCommand(process.execPath, [main, 'migrate'], { cwd: directory }),
    ]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d/) as unknown });
    // It has loaded the database.
    expect(migrate).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DATABASE_URL must be set') as unknown,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
