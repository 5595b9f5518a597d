import { readFile } from 'node:fs/promises';
import { WrongUsage } from '../failure.js';

/**
 * Header fields whose values come from the environment or a file, since other users can see a command line: each is
 * `Name: env:VARIABLE` or `Name: file:PATH`.
 *
 * @throws WrongUsage when a value is given directly, or cannot be read
 */
export async function headersFrom(given: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(given.map(headerFrom)));
}

async function headerFrom(given: string): Promise<[name: string, value: string]> {
  const [, name, kind, place] = /^([!#$%&'*+.^_`|~\w-]+):\s*(env|file):(.+)$/.exec(given) ?? [];
  if (name === undefined || place === undefined) {
    throw new WrongUsage('--header must be "Name: env:VARIABLE" or "Name: file:PATH"');
  }
  const value = (kind === 'env' ? process.env[place] : await fileValue(name, place))?.trim();
  if (value === undefined || value === '') {
    throw new WrongUsage(`--header ${name}: the environment variable ${place} has no value`);
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new WrongUsage(`--header ${name}: the value has characters that a header field must not have`);
  }
  return [name, value];
}

async function fileValue(name: string, path: string): Promise<string> {
  const value = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new WrongUsage(`--header ${name}: ${path} cannot be read (${code})`);
  });
  if (value.trim() === '') throw new WrongUsage(`--header ${name}: ${path} is empty`);
  return value;
}
