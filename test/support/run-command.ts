import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a command ended and what it wrote. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Its environment is PATH and what is given, nothing of ours. */
export async function runCommand(
  program: string,
  parameters: readonly string[],
  {
    cwd,
    env = {},
    stdin = '',
  }: { cwd?: string; env?: Readonly<Record<string, string>>; stdin?: string } = {},
): Promise<CommandResult> {
  const child = spawn(program, parameters, { cwd, env: { PATH: process.env.PATH, ...env } });
  // A program that does not read its input may have ended before it was written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
