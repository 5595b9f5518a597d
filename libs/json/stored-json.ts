import { isStorableText } from '../validation/storable-text.js';
import { JsonFault, JsonReader } from './json-reader.js';
import { JsonText } from './json-text.js';

/** Most values of one JSON document that is stored: whatever shows or compares it builds it as a tree. */
export const MAX_STORED_VALUES = 100_000;

/**
 * The JSON that a string holds, otherwise the string itself as JSON.
 *
 * @throws JsonFault when it is JSON that cannot be stored
 */
export function storedJson(text: string): JsonText {
  if (!isStorableText(text)) throw new JsonFault('#', 'must be valid Unicode without U+0000');
  try {
    const reader = new JsonReader(text, MAX_STORED_VALUES);
    const compact = reader.compact(MAX_STORED_VALUES);
    reader.end();
    return new JsonText(compact);
  } catch (error) {
    if (error instanceof SyntaxError) return new JsonText(JSON.stringify(text));
    throw error;
  }
}
