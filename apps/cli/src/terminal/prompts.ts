import { Cancelled, Interrupted, WrongUsage } from '../failure.js';
import { printable } from './printable.js';

/** Whether somebody sits there who could answer. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on stderr, so that the output stays clean; what is typed does not show. */
export async function askSecret(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: printable(message), output: process.stderr });
  if (isCancel(answer)) throw new Interrupted();
  if (answer === '') throw new Cancelled();
  return answer;
}

/**
 * Resolves when the operator agrees, or did so beforehand with `--yes`.
 *
 * @throws Cancelled when not; WrongUsage when there is nobody to ask
 */
export async function agreement(question: string, { yes = false }: { yes?: boolean }): Promise<void> {
  if (yes) return;
  if (!isInteractive()) throw new WrongUsage(`${question} There is nobody to ask: say --yes.`);
  if (!(await agrees(question))) throw new Cancelled();
}

/** Whether whoever sits there says yes. */
export async function agrees(question: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: printable(question), initialValue: false, output: process.stderr });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}
