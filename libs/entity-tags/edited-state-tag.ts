import { createHash } from 'node:crypto';
import { isObserved } from '../responses/observed-field.decorator.js';

/**
 * The entity tag of a resource, given as the response to its GET: another one after every edit, the same whatever the
 * registry observes meanwhile.
 */
export function editedStateTag(representation: object): string {
  const edited = JSON.stringify(representation, function (this: object, property: string, value: unknown) {
    return isObserved(this, property) ? undefined : value;
  });
  return `"${createHash('sha256').update(edited).digest('base64url')}"`;
}
