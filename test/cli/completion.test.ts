import { CommandLine } from '../support/command-line.js';
import { expect, it } from '../support/jest.js';

it('completes commands and options in every shell', async () => {
  const cli = new CommandLine();
  const [bash, zsh, fish, csh, commandNames, options, global] = await Promise.all([
    cli.run('completion bash'),
    cli.run('completion zsh'),
    cli.run('completion fish'),
    cli.run('completion csh'),
    cli.run('complete -- environments', ''),
    cli.run('complete -- keys rotate --'),
    cli.run('complete -- --url http://localhost apps cr'),
  ]);
  for (const script of [bash, zsh, fish]) {
    expect(script).toMatchObject({ code: 0, stderr: '' });
    expect(script.stdout).toContain('mcp-registry');
  }
  const offered = (stdout: string): string[] =>
    stdout
      .split('\n')
      .filter((line) => line.includes('\t'))
      .map((line) => line.replace(/\t.*/, ''));
  expect(offered(commandNames.stdout)).toEqual([
    'list',
    'create',
    'show',
    'update',
    'rename',
    'delete',
    'help',
  ]);
  expect(offered(options.stdout)).toEqual(
    expect.arrayContaining(['--grace-period', '--dry-run', '--url', '--json']),
  );
  expect(offered(global.stdout)).toEqual(['create']);
  expect(csh).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "error: command-argument value 'csh' is invalid for argument 'shell'. Allowed choices are zsh, bash, fish, powershell.\n",
  });
});
