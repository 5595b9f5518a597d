import { v7 } from 'uuid';

/** An id for a new row: a UUID of version 7 (RFC 9562), so that rows made one after the other lie together. */
export function newId(): string {
  return v7();
}
