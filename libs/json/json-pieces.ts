import { isExactNumber, parseExactJson } from './exact-json.js';
import { JsonText } from './json-text.js';

const PIECE_LENGTH = 16 * 1024;

/** An object or array whose members are being written. */
interface OpenContainer {
  readonly members: Readonly<Record<string | number, unknown>>;
  /** Of an object. */
  readonly names: readonly string[] | undefined;
  readonly size: number;
  next: number;
  separator: '' | ',';
}

/**
 * The JSON text of a value in pieces of some 16 KiB, so that other work can run in between: as `JSON.stringify`
 * writes it, but exact numbers with their digits and {@link JsonText} as it is. Nesting may have any depth.
 *
 * @param mapText applied to every string and every name, also within {@link JsonText}
 */
export function* jsonPieces(value: unknown, mapText?: (text: string) => string): Generator<string, void> {
  const quoted = (string: string): string => JSON.stringify(mapText === undefined ? string : mapText(string));
  const open: OpenContainer[] = [];
  let text = '';

  const write = (given: unknown): void => {
    const each = jsonValueOf(given);
    if (each instanceof JsonText) {
      if (mapText === undefined) text += each.text;
      else write(parseExactJson(each.text));
    } else if (isExactNumber(each)) text += each.value;
    else if (typeof each === 'string') text += quoted(each);
    else if (typeof each === 'object' && each !== null) {
      const names = Array.isArray(each) ? undefined : Object.keys(each);
      const size = names?.length ?? (each as readonly unknown[]).length;
      open.push({ members: each as OpenContainer['members'], names, size, next: 0, separator: '' });
      text += names === undefined ? '[' : '{';
    } else text += isOmitted(each) ? 'null' : JSON.stringify(each);
  };

  write(value);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    if (last.next === last.size) {
      text += last.names === undefined ? ']' : '}';
      open.pop();
    } else {
      const name = last.names?.[last.next];
      const member = last.members[name ?? last.next];
      last.next += 1;
      if (name !== undefined && isOmitted(member)) continue;
      text += last.separator;
      last.separator = ',';
      if (name !== undefined) text += `${quoted(name)}:`;
      write(member);
    }
    if (text.length >= PIECE_LENGTH) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

/** The whole text of {@link jsonPieces}, of a value that is small. */
export function jsonOf(value: unknown): string {
  return [...jsonPieces(value)].join('');
}

/** Dates and the like say themselves what they are in JSON. */
function jsonValueOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof JsonText || isExactNumber(value)) {
    return value;
  }
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : value;
}

/** JSON has no such values: objects leave them out, arrays have null. */
function isOmitted(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}
