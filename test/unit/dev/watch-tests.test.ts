import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.js';
import { afterEach, beforeEach, describe, expect, it } from '../../support/jest.js';
import { runCommand } from '../../support/run-command.js';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const COMMAND = join(REPOSITORY, 'dist/apps/dev/src/watch-tests.js');

const PACKAGE = { name: 'watched', private: true, type: 'module', scripts: { jest: 'node dist/tests.js' } };
const TSCONFIG = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2023',
    outDir: 'dist',
    rootDir: '.',
    types: ['node'],
    skipLibCheck: true,
  },
  include: ['tests.ts'],
};
const program = (round: string): string =>
  `process.stdout.write(\`ran ${round} with \${process.argv.slice(2).join()}\\n\`);\n`;

describe('npm run test:watch', () => {
  let project: string;
  let watch: ChildProcess | undefined;
  let output: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'registry-watch-'));
    await mkdir(join(project, 'dist'));
    await symlink(join(REPOSITORY, 'node_modules'), join(project, 'node_modules'));
    await writeFile(join(project, 'package.json'), JSON.stringify(PACKAGE));
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    await write(program('first'));
    output = '';
  });
  afterEach(async () => {
    // A group of its own: the compiler and the tests end with it, as with Ctrl-C.
    if (watch?.pid !== undefined && watch.exitCode === null) process.kill(-watch.pid, 'SIGKILL');
    await rm(project, { recursive: true, force: true });
  });

  const write = (source: string): Promise<void> => writeFile(join(project, 'tests.ts'), source);
  const says = (text: string): Promise<boolean> =>
    eventually(() => output.includes(text), { within: 50_000, every: 50 });

  it('runs the named tests after each compilation without errors, until Ctrl-C', async () => {
    watch = spawn(process.execPath, [COMMAND, 'environments', 'e2e/access'], {
      cwd: project,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    watch.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await says('ran first with environments,e2e/access\n');

    await write(`${program('second')}const count: number = 'none';\n`);
    await says('Found 1 error.');
    expect(output).not.toContain('ran second');

    await write(program('third'));
    await says('ran third with environments,e2e/access\n');
    expect(output).not.toContain('ran second');

    const ended = once(watch, 'close');
    process.kill(-(watch.pid ?? 0), 'SIGINT');
    await ended;
  });

  it('asks for a path', async () => {
    expect(await runCommand(process.execPath, [COMMAND], { cwd: project })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Usage: npm run test:watch -- PATH   (such as environments or e2e/access)\n',
    });
  });
});
