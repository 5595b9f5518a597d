import { DEFINITION_NAME } from '#libs/domain/definition.js';
import { JsonText } from '#libs/json/json-text.js';
import { pointerBelow } from '#libs/openapi/json-reference.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';

const MAX_DEFINITIONS = 10_000;
const MAX_ERRORS = 100;
const PLACE = '#/definitions';

/** A JSON Schema that endpoints of the environment refer to by its name. */
export interface Definition {
  readonly name: string;
  readonly schema: JsonText;
}

/**
 * Checks the definitions of a batch.
 *
 * @param given the definitions as pairs of name and JSON text, as a batch is read; absent ones are none
 * @throws InvalidInput with up to 100 mistakes
 */
export function validDefinitions(given: unknown): Definition[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw new InvalidInput([{ pointer: PLACE, detail: 'must be a JSON object' }]);
  const pairs = given as readonly (readonly [name: string, text: string])[];
  if (pairs.length > MAX_DEFINITIONS) {
    throw new InvalidInput([{ pointer: PLACE, detail: `must have at most ${MAX_DEFINITIONS} definitions` }]);
  }
  const errors = pairs.flatMap(([name, text]): InputError[] => {
    const pointer = pointerBelow(PLACE, name);
    if (!DEFINITION_NAME.test(name)) {
      return [
        { pointer, detail: 'must have a name of 1 to 255 letters, digits, dots, underscores and hyphens' },
      ];
    }
    return isSchema(text) ? [] : [{ pointer, detail: 'must be a JSON Schema: an object, true or false' }];
  });
  if (errors.length > 0) throw new InvalidInput(errors.slice(0, MAX_ERRORS));
  // Of a name that is there twice the last one counts, as everywhere in JSON.
  return [...new Map(pairs)].map(([name, text]) => ({ name, schema: new JsonText(text) }));
}

function isSchema(text: string): boolean {
  return text.startsWith('{') || text === 'true' || text === 'false';
}
