import { InvalidIfMatch, MAX_IF_MATCH_LENGTH } from './entity-tag.errors.js';

/** What a request demands of the resource: that there is one, or that its entity tag is one of these. */
export type IfMatch = '*' | readonly string[];

/** An entity tag of RFC 9110, section 8.8.3, or nothing, and the comma that separates it from the next one. */
const ELEMENT = /[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")?[ \t]*(,|$)/y;

/**
 * Reads the value of `If-Match` (RFC 9110, section 13.1.1). Weak tags are read as well: they match nothing.
 *
 * @throws InvalidIfMatch
 */
export function parseIfMatch(value: string): IfMatch {
  if (value.length > MAX_IF_MATCH_LENGTH) throw new InvalidIfMatch();
  if (value.trim() === '*') return '*';
  const tags: string[] = [];
  ELEMENT.lastIndex = 0;
  while (ELEMENT.lastIndex < value.length) {
    const [, tag, end] = ELEMENT.exec(value) ?? [];
    if (end === undefined) throw new InvalidIfMatch();
    // Empty elements count for nothing (section 5.6.1).
    if (tag !== undefined) tags.push(tag);
    if (end === '') break;
  }
  if (tags.length === 0) throw new InvalidIfMatch();
  return tags;
}
