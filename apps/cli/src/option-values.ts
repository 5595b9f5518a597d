import { InvalidArgumentError, Option } from 'commander';

/** Options of every command that changes something. */
export interface WriteOptions {
  readonly dryRun?: boolean;
}

/** Options of a command that deletes something. */
export interface RemovalOptions extends WriteOptions {
  readonly yes?: boolean;
}

export function dryRunOption(description = 'show what would be sent, and send nothing'): Option {
  return new Option('--dry-run', description);
}

export function yesOption(): Option {
  return new Option('--yes', 'do not ask');
}

/** @throws InvalidArgumentError, which commander shows with the option's name */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

/** Values of an option that may be given several times. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A field of a change: an empty text clears it, an absent option leaves it as it is. */
export function cleared(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

/** `name=value` of an option that may be given several times. @throws InvalidArgumentError */
export function collectedPairs(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('It must be name=value.');
  return [...before, [text.slice(0, separator), text.slice(separator + 1)]];
}
