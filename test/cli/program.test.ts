import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { program } from '#cli/program.js';
import { CommandLine } from '../support/command-line.js';
import { beforeAll, describe, expect, it } from '../support/jest.js';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
const HANDBOOK = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));

/** Commands that do something, by their words. */
function commandsBelow(command: Command, words: readonly string[] = []): Map<string, Command> {
  const visible = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
  if (visible.length === 0) return new Map([[words.join(' '), command]]);
  return new Map(visible.flatMap((each) => [...commandsBelow(each, [...words, each.name()])]));
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

describe('mcp-registry', () => {
  const commands = commandsBelow(program());
  let tests: string;
  let handbook: string;

  beforeAll(async () => {
    const names = await readdir(TESTS, { recursive: true });
    const files = names
      // Not this file, which names commands without running them.
      .filter((name) => name.endsWith('.js') && !import.meta.url.endsWith(name))
      .map((name) => readFile(join(TESTS, name), 'utf8'));
    tests = (await Promise.all(files)).join('\n');
    handbook = await readFile(HANDBOOK, 'utf8');
  });

  it.each([...commands])(
    '%s has a description, examples, a test and a place in the handbook',
    (words, command) => {
      expect(command.description()).not.toBe('');
      expect(helpOf(command)).toMatch(
        new RegExp(`\\nExamples:\\n(.*\\n)*  \\$ mcp-registry (.* )?${words}( |\\n)`),
      );
      expect(tests).toMatch(new RegExp(`['"\`]${words}[ '"\`]`));
      expect(handbook).toMatch(new RegExp(`mcp-registry ${words}\\b`));
    },
  );

  it('gives every command that changes something a dry run, and every one that takes away a question', () => {
    const has = (option: string): string[] =>
      [...commands]
        .filter(([, command]) => command.options.some(({ long }) => long === option))
        .map(([words]) => words)
        .filter((words) => !words.startsWith('import '));
    expect(has('--dry-run')).toEqual([
      'apps create',
      'apps update',
      'apps rename',
      'apps delete',
      'environments create',
      'environments update',
      'environments rename',
      'environments delete',
      'keys issue',
      'keys rotate',
      'keys revoke',
      'operators create',
      'operators update',
      'operators delete',
      'operators issue-key',
      'operators rotate-key',
      'operators revoke-key',
      'endpoints register',
      'migrate',
    ]);
    expect(has('--yes')).toEqual([
      'apps delete',
      'environments delete',
      'keys revoke',
      'operators delete',
      'operators revoke-key',
      'audit adopt',
    ]);
  });

  it('takes no secret on the command line', () => {
    const options = [program(), ...commands.values()].flatMap((command) => command.options);
    const secret = options.filter(({ long }) => /key|secret|password|token/.test(long ?? ''));
    expect([...new Set(secret.map(({ long }) => long))].sort()).toEqual([
      '--admin-key-file',
      '--api-key-file',
      '--app-key',
      '--client-key-file',
      '--keys-file',
    ]);
  });

  it('helps on stdout when asked, on stderr when called wrongly', async () => {
    const cli = new CommandLine({ ownProcess: true });
    const [help, version, bare, unknown, excess] = await Promise.all([
      cli.run('--help'),
      cli.run('--version'),
      cli.run('keys'),
      cli.run('apps lst'),
      cli.run('apps list more'),
    ]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(
      'Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 130 interrupted.',
    );
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown });
    expect(bare).toMatchObject({ code: 2, stdout: '' });
    expect(bare.stderr).toMatch(/^Usage: mcp-registry keys /);
    expect(unknown).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'lst'\n(Did you mean list?)\n",
    });
    expect(excess).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: too many arguments for 'list'. Expected 0 arguments but got 1.\n",
    });
  });

  it('loads neither the service nor the database for what works over HTTP', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'registry-loaded-'));
    try {
      const env = { NODE_V8_COVERAGE: directory, MCP_REGISTRY_ADMIN_KEY: 'x' };
      const cli = new CommandLine({ ownProcess: true, env });
      expect(await cli.run('apps list --url http://127.0.0.2:4')).toMatchObject({ code: 1 });
      const [report = ''] = await readdir(directory);
      const { result } = JSON.parse(await readFile(join(directory, report), 'utf8')) as {
        result: { url: string }[];
      };
      const packages = result.flatMap(({ url }) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
      expect(packages).toContain('commander');
      expect(packages.filter((name) => /^@nestjs|typeorm|^pg$|clack/.test(name))).toEqual([]);
      const ours = result.map(({ url }) => url.replace(/^.*\/dist\//, ''));
      expect(ours).toContain('apps/cli/src/main.js');
      expect(
        ours.filter((url) => /^(libs\/(?!domain\/|json\/|validation\/)|migrations\/)/.test(url)),
      ).toEqual([]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
