import { isObject, type JsonObject, mapValues } from './json-object.js';
import { valueAt } from './json-reference.js';
import { holdsNamedSchemas, holdsReference, isData, references } from './schema-keywords.js';

/** Keywords that give a schema, or a part of it, a name that other documents know as well. */
const NAMING_KEYWORDS = new Set([
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$recursiveAnchor',
  '$recursiveRef',
]);

/**
 * A self-contained schema as it has to be written at a place of a document, so that its references still lead to its
 * own parts. `undefined` when it is not an object, or would lead elsewhere or nowhere.
 */
export function embeddedSchema(schema: unknown, pointer: string): JsonObject | undefined {
  if (!isObject(schema) || !isSelfContained(schema)) return undefined;
  const embedded = placedKeywords(schema, pointer);
  return leadsOnlyBelow(pointer, embedded) ? embedded : undefined;
}

/** Few resolvers find what stands beside a reference, so that the schema as a whole must not be one. */
function isSelfContained(schema: JsonObject): boolean {
  return (
    !('$ref' in schema) &&
    references(schema).every(
      (reference) => /^#(\/|$)/.test(reference) && valueAt(schema, reference) !== undefined,
    )
  );
}

/** Looks for references as tools do that know nothing of keywords, and decode a reference before they split it. */
function leadsOnlyBelow(pointer: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => leadsOnlyBelow(pointer, each));
  if (!isObject(value)) return true;
  return Object.entries(value).every(([key, each]) => {
    if (key === '$ref') return typeof each === 'string' && each.startsWith(pointer) && !each.includes('%23');
    return !NAMING_KEYWORDS.has(key) && leadsOnlyBelow(pointer, each);
  });
}

function placed(schema: unknown, pointer: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => placed(item, pointer));
  return isObject(schema) ? placedKeywords(schema, pointer) : schema;
}

function placedKeywords(schema: JsonObject, pointer: string): JsonObject {
  // Resolvers do not tell data from schemas and would look for what it refers to.
  const kept = Object.entries(schema).filter(([key, value]) => !isData(key) || !holdsReference(value));
  return mapValues(Object.fromEntries(kept), (keyword, value) => {
    if (keyword === '$ref' && typeof value === 'string') return `${pointer}${value.slice(1)}`;
    if (isData(keyword)) return value;
    if (holdsNamedSchemas(keyword, value)) return mapValues(value, (_, named) => placed(named, pointer));
    return placed(value, pointer);
  });
}
