import { childPointer } from '../validation/pointer.js';
import { isObject } from './json-object.js';
import { UnusableDocument } from './unusable-document.js';

/** The place below another one that these keys lead to. */
export function pointerBelow(parent: string, ...keys: readonly string[]): string {
  return keys.reduce(childPointer, parent);
}

/** A reference in the one way {@link pointerBelow} writes it: others may encode other characters. */
export function canonical(reference: string): string {
  return pointerBelow('#', ...pointerTokens(reference));
}

/** What a reference such as `#/components/schemas/Order` names within a value; `undefined`: nothing. */
export function valueAt(root: unknown, reference: string): unknown {
  let value = root;
  for (const token of pointerTokens(reference)) {
    if ((!isObject(value) && !Array.isArray(value)) || !Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}

/**
 * The tokens of a JSON pointer in a URI fragment (RFC 6901, section 6).
 *
 * @throws UnusableDocument when it is something else
 */
export function pointerTokens(reference: string): string[] {
  if (reference === '#') return [];
  if (!reference.startsWith('#/')) {
    throw new UnusableDocument(`refers to "${reference}", which is not a place in it`);
  }
  return reference.slice(2).split('/').map(unescaped);
}

function unescaped(token: string): string {
  return percentDecoded(token).replaceAll('~1', '/').replaceAll('~0', '~');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
