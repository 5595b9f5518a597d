import { InvalidInput } from '../problem-details/invalid-input.js';

/** Position in a list ordered by time, then id. */
export interface Keyset {
  readonly createdAt: Date;
  readonly id: string;
}

/** Years of four digits: every database can compare with those. */
const TIME = /^\d{4}-/;

/** An opaque word for the position after which the next page begins. */
export function encodeCursor({ createdAt, id }: Keyset): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

/** The position of a cursor, where a request has one. @throws InvalidInput */
export function afterCursor(cursor: string | undefined): Keyset | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor);
}

/** @throws InvalidInput when the word was not made by {@link encodeCursor} */
function decodeCursor(cursor: string): Keyset {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(position) &&
      typeof position[0] === 'string' &&
      typeof position[1] === 'string' &&
      TIME.test(position[0])
    ) {
      const createdAt = new Date(position[0]);
      // A cursor of our own making round-trips; anything else is not one.
      if (encodeCursor({ createdAt, id: position[1] }) === cursor && !position[1].includes('\u0000')) {
        return { createdAt, id: position[1] };
      }
    }
  } catch {
    // Not base64url, not JSON or not a time: refused below with the same words.
  }
  throw new InvalidInput([
    { pointer: '#/cursor', detail: 'must be the cursor of a Link header with rel="next"' },
  ]);
}
