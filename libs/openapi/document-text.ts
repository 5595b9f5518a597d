import { isUtf8 } from 'node:buffer';
import { UnusableDocument } from './unusable-document.js';

/**
 * The text of a document: UTF-8, or UTF-16 with a byte order mark or with the null bytes of its ASCII characters
 * (RFC 4627, section 3). A byte order mark is no part of it.
 *
 * @throws UnusableDocument when the bytes are not valid in the encoding that they begin with
 */
export function documentText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8' && !isUtf8(bytes)) {
    throw new UnusableDocument(`is not valid UTF-8 at line ${invalidLine(bytes)}: save it as UTF-8`);
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new UnusableDocument(`is not valid ${encoding.toUpperCase()}: save it as UTF-8`);
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0 && second !== 0 && second !== undefined) return 'utf-16be';
  return second === 0 && first !== 0 ? 'utf-16le' : 'utf-8';
}

function invalidLine(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8').decode(bytes);
  return text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
}
