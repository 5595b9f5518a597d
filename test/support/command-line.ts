import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runHosted } from './hosted-command.js';
import { type CommandResult, runCommand } from './run-command.js';

/** The file that package.json's `bin` names. */
export const CLI_MAIN = fileURLToPath(new URL('../../apps/cli/src/main.js', import.meta.url));

/** Puts a program `mcp-registry` into a folder that stands in a PATH. */
export async function installProgram(folder: string): Promise<void> {
  const program = `#!/bin/sh\nexec "${process.execPath}" "${CLI_MAIN}" "$@"\n`;
  await writeFile(join(folder, 'mcp-registry'), program, { mode: 0o755 });
}

interface Surroundings {
  readonly cwd?: string;
  /** The whole environment besides PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Run in a process of its own, which takes ten times as long as in the command host. */
  readonly ownProcess?: boolean;
}

/** The built `mcp-registry`, run in the command host unless the surroundings ask for a process each time. */
export class CommandLine {
  constructor(private readonly surroundings: Surroundings = {}) {}

  /** @param words the first parameters, separated by spaces; those with spaces of their own follow */
  run(words: string, ...more: readonly string[]): Promise<CommandResult> {
    const parameters = [...words.split(' '), ...more];
    return this.surroundings.ownProcess === true
      ? runCommand(process.execPath, [CLI_MAIN, ...parameters], this.surroundings)
      : runHosted(parameters, this.surroundings);
  }

  /** The same, in other surroundings; variables are added. */
  with({ env, ...rest }: Surroundings): CommandLine {
    return new CommandLine({
      ...this.surroundings,
      ...rest,
      env: { ...this.surroundings.env, ...env },
    });
  }

  /** What it writes to stdout, read as JSON; fails when it does not succeed. */
  async json<Answer>(words: string, ...more: readonly string[]): Promise<Answer> {
    const { code, stdout, stderr } = await this.run(words, ...more, '--json');
    if (code !== 0) throw new Error(`mcp-registry ${words} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Answer;
  }
}

/** How a command ends that has done what it was asked for and says so on stdout. */
export function succeeded(...lines: readonly string[]): CommandResult {
  return { code: 0, stdout: `${lines.join('\n')}\n`, stderr: '' };
}

/** How a command ends that could not do it, and says why on stderr. */
export function failed(...lines: readonly string[]): CommandResult {
  return { code: 1, stdout: '', stderr: `${lines.join('\n')}\n` };
}

/** How a command ends that was called in a wrong way. */
export function misused(...lines: readonly string[]): CommandResult {
  return { code: 2, stdout: '', stderr: `${lines.join('\n')}\n` };
}
