import type { InputError } from '../problem-details/domain-error.js';
import { childPointer } from './pointer.js';
import { isStorableText } from './storable-text.js';

/** Nesting beyond this is refused: deeper documents would exhaust the stack of whoever walks them. */
export const MAX_JSON_DEPTH = 100;

/** Finds what keeps a JSON value from being stored as it is: text, numbers or depth; `undefined` when nothing does. */
export function jsonFault(value: unknown, pointer = '#', depth = 0): InputError | undefined {
  if (typeof value === 'string') {
    return isStorableText(value) ? undefined : { pointer, detail: 'must be valid Unicode without U+0000' };
  }
  // 1e400 is read as Infinity, which JSON cannot write again.
  if (value === Infinity || value === -Infinity) return { pointer, detail: 'must be a number below 1e308' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_JSON_DEPTH)
    return { pointer, detail: `must not be nested deeper than ${MAX_JSON_DEPTH} levels` };
  for (const key in value) {
    const child = (value as Record<string, unknown>)[key];
    // Pointers are made only for what is wrong or may hold it: most values are plain and many.
    if (!isStorableText(key))
      return { pointer, detail: 'must have property names of valid Unicode without U+0000' };
    if (isPlain(child)) continue;
    const fault = jsonFault(child, childPointer(pointer, key), depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return isStorableText(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value !== 'object' || value === null;
  }
}
