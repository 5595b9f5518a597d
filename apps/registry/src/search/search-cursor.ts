import { InvalidInput } from '#libs/problem-details/invalid-input.js';

/** Hits further down are no answer to anything. */
const MAX_OFFSET = 1000;

/** An opaque word for the number of hits that came before. */
export function searchCursor(offset: number): string | null {
  return offset > MAX_OFFSET ? null : Buffer.from(`after ${offset}`).toString('base64url');
}

/** @throws InvalidInput when the word was not made by {@link searchCursor} */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [, digits] = /^after (\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const offset = Number(digits ?? NaN);
  if (searchCursor(offset) === cursor) return offset;
  throw new InvalidInput([{ pointer: '#/cursor', detail: 'must be the nextCursor of the same search' }]);
}
