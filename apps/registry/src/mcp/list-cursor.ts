import { ToolRefusal } from './mcp-tool.js';

/** An opaque word for the place in a list after which its next page begins. */
export function listCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place of a cursor, of as many words as the list is ordered by. @throws ToolRefusal */
export function placeOfCursor(cursor: string | undefined, words: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (isPlace(place) && place.length === words && listCursor(place) === cursor) return place;
  } catch {
    // Not made here: refused below.
  }
  throw new ToolRefusal('cursor must be the nextCursor of the page before, as it was given.');
}

function isPlace(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string' && !word.includes('\u0000'));
}
