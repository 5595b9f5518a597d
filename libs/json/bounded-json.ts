import { parseExactJson } from './exact-json.js';

/** Levels of arrays and objects: twice what the registry keeps, and few enough for code that walks them recursively. */
export const MAX_NESTING = 200;

/** JSON that is nested deeper than {@link MAX_NESTING} levels. */
export class NestedTooDeep extends SyntaxError {
  override readonly name = 'NestedTooDeep';

  /** To be read after the name of what is. */
  readonly fault = `is nested deeper than ${MAX_NESTING} levels`;

  constructor() {
    super(`it is nested deeper than ${MAX_NESTING} levels`);
  }
}

/**
 * Parses JSON of unknown origin: numbers keep their digits, as {@link parseExactJson} has them.
 *
 * @throws SyntaxError unless the text is JSON; {@link NestedTooDeep}, which is one as well
 */
export function parseBoundedJson(text: string): unknown {
  if (isNestedTooDeep(text)) throw new NestedTooDeep();
  return parseExactJson(text);
}

const [QUOTE, BACKSLASH] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)];
const OPENING = new Set([...'[{'].map((character) => character.charCodeAt(0)));
const CLOSING = new Set([...']}'].map((character) => character.charCodeAt(0)));

/** Looks at the text only, so that no parser runs out of stack; brackets within strings do not count. */
function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}

/** The place of the quote that ends the string begun here; the end of the text when there is none. */
function endOfString(text: string, begin: number): number {
  for (let index = begin + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index += 1;
  }
  return text.length;
}
