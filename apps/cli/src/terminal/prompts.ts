import { Cancelled, Interrupted, WrongUsage } from '../failure.js';
import { printable } from './printable.js';

/** Whether stdin and stderr are interactive. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Prompts on stderr, so that the output stays clean; the input is not echoed. */
export async function askSecret(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: printable(message), output: process.stderr });
  if (isCancel(answer)) throw new Interrupted();
  if (answer === '') throw new Cancelled();
  return answer;
}

/**
 * Resolves when the operator confirms, or did so with `--yes`.
 *
 * @throws Cancelled when the operator declines; WrongUsage when there is no terminal to ask at
 */
export async function agreement(question: string, { yes = false }: { yes?: boolean }): Promise<void> {
  if (yes) return;
  if (!isInteractive()) throw new WrongUsage(`${question} There is no terminal to confirm at: pass --yes.`);
  if (!(await agrees(question))) throw new Cancelled();
}

/** Asks a yes/no question. */
export async function agrees(question: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: printable(question), initialValue: false, output: process.stderr });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}
