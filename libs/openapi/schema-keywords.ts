import { isObject, type JsonObject } from './json-object.js';

/** Keywords whose value is data, not schemas: what looks like a reference there is none. */
const DATA_KEYWORDS = new Set(['const', 'default', 'enum', 'example', 'examples']);
/** Keywords whose value holds schemas by name: a property may be called `default` or `$ref`. */
const NAMED_SCHEMAS = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

export function isData(keyword: string): boolean {
  return DATA_KEYWORDS.has(keyword) || keyword.startsWith('x-');
}

export function holdsNamedSchemas(keyword: string, value: unknown): value is JsonObject {
  return NAMED_SCHEMAS.has(keyword) && isObject(value);
}

/** What of a schema, or of a list of schemas, can hold references in turn: everything but data. */
export function parts(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema as unknown[];
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (isData(keyword)) return [];
    return holdsNamedSchemas(keyword, value) ? Object.values(value) : [value];
  });
}

/** All references of a schema, those behind them not included. */
export function references(schema: unknown): string[] {
  const found: string[] = [];
  collect(schema, found);
  return found;
}

function collect(schema: unknown, found: string[]): void {
  if (isObject(schema) && typeof schema.$ref === 'string') found.push(schema.$ref);
  for (const part of parts(schema)) collect(part, found);
}

/** Whether there is a reference anywhere in a value, as tools would look for it that know nothing of keywords. */
export function holdsReference(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsReference);
  if (!isObject(value)) return false;
  return typeof value.$ref === 'string' || Object.values(value).some(holdsReference);
}
