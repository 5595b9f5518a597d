import { DEFINITION_PREFIX, definitionName } from '../domain/definition.js';
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

const NONE: ReadonlySet<string> = new Set();
const COMPONENTS = '#/components/schemas/';

/**
 * A schema as it has to be written at a place of a document, so that its references still lead to its own parts, or to
 * shared definitions, which are the components of the document. `undefined` when it is not an object, or would lead
 * elsewhere or nowhere.
 *
 * @param shared the names of the shared definitions
 */
export function embeddedSchema(
  schema: unknown,
  pointer: string,
  shared: ReadonlySet<string> = NONE,
): JsonObject | undefined {
  if (!isObject(schema) || '$ref' in schema) return undefined;
  // Few resolvers find what stands beside a reference, so that the schema as a whole must not be one.
  const place = (reference: string): string | undefined => {
    if (/^#(\/|$)/.test(reference) && valueAt(schema, reference) !== undefined) {
      return `${pointer}${reference.slice(1)}`;
    }
    const name = definitionName(reference);
    if (name === undefined || !shared.has(name)) return undefined;
    return `${COMPONENTS}${reference.slice(DEFINITION_PREFIX.length)}`;
  };
  if (references(schema).some((reference) => place(reference) === undefined)) return undefined;
  const embedded = placedKeywords(schema, place);
  const leads = (reference: string): boolean =>
    reference.startsWith(pointer) || (shared.size > 0 && reference.startsWith(COMPONENTS));
  return leadsOnlyThere(leads, embedded) ? embedded : undefined;
}

/** A schema that is a reference to a shared definition, perhaps described, and nothing else: as it has to be written. */
export function sharedReference(schema: unknown, shared: ReadonlySet<string>): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const { $ref: reference, description, ...others } = schema;
  if (typeof reference !== 'string' || Object.keys(others).length > 0) return undefined;
  const name = definitionName(reference);
  if (name === undefined || !shared.has(name) || reference !== `${DEFINITION_PREFIX}${name}`)
    return undefined;
  return { $ref: `${COMPONENTS}${name}`, ...(description !== undefined && { description }) };
}

/** Looks for references as tools do that know nothing of keywords, and decode a reference before they split it. */
function leadsOnlyThere(leads: (reference: string) => boolean, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => leadsOnlyThere(leads, each));
  if (!isObject(value)) return true;
  return Object.entries(value).every(([key, each]) => {
    if (key === '$ref') return typeof each === 'string' && leads(each) && !each.includes('%23');
    return !NAMING_KEYWORDS.has(key) && leadsOnlyThere(leads, each);
  });
}

type Place = (reference: string) => string | undefined;

function placed(schema: unknown, place: Place): unknown {
  if (Array.isArray(schema)) return schema.map((item) => placed(item, place));
  return isObject(schema) ? placedKeywords(schema, place) : schema;
}

function placedKeywords(schema: JsonObject, place: Place): JsonObject {
  // Resolvers do not tell data from schemas and would look for what it refers to.
  const kept = Object.entries(schema).filter(([key, value]) => !isData(key) || !holdsReference(value));
  return mapValues(Object.fromEntries(kept), (keyword, value) => {
    if (keyword === '$ref' && typeof value === 'string') return place(value) ?? value;
    if (isData(keyword)) return value;
    if (holdsNamedSchemas(keyword, value)) return mapValues(value, (_, named) => placed(named, place));
    return placed(value, place);
  });
}
