import { InvalidArgumentError, Option } from 'commander';

/** What every command that changes something can be told. */
export interface WriteOptions {
  readonly dryRun?: boolean;
}

/** What a command that takes something away can be told as well. */
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

/** For a field of a change: an empty text clears it, and what is not given stays as it is. */
export function cleared(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}
