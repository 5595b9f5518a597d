import type { Readable } from 'node:stream';

/** The lines of a stream; undefined in the place of one that is longer than `maxLength` characters. */
export async function* linesOf(input: Readable, maxLength: number): AsyncGenerator<string | undefined> {
  input.setEncoding('utf8');
  let rest = '';
  let isTooLong = false;
  for await (const chunk of input as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n');
    rest = isTooLong ? '' : rest + first;
    for (const next of others) {
      yield isTooLong || rest.length > maxLength ? undefined : rest;
      isTooLong = false;
      rest = next;
    }
    if (rest.length > maxLength) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong) yield undefined;
  else if (rest !== '') yield rest;
}
