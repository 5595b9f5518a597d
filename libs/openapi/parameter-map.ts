import { isObject, type JsonObject, listOrEmpty, mapValues } from './json-object.js';
import { isJsonType, typeNamed } from './type-names.js';

/** Keywords by which an object is known to be a JSON Schema, if their value is one that they take. */
const SCHEMA_KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  $schema: (value) => typeof value === 'string',
  $ref: (value) => typeof value === 'string',
  type: (value) => value === 'object' || (Array.isArray(value) && value.includes('object')),
  properties: isObject,
  patternProperties: isObject,
  allOf: Array.isArray,
  anyOf: Array.isArray,
  oneOf: Array.isArray,
};

/**
 * The JSON Schema of parameters. Clients of the reference registry send a map of names instead, such as
 * `{"orderId": "String", "page": {"type": "int", "required": true}}`, with types of Java or SQL: its names become
 * properties, its types those of JSON. Anything else is given as it is.
 */
export function schemaOfParameters(value: unknown): unknown {
  return isParameterMap(value) ? schemaOfMap(value) : withJsonTypes(value);
}

/**
 * The JSON Schema of a body; the same for a map of which every type is known. Others may be schemas with keywords of
 * their own.
 */
export function schemaOfBody(value: unknown): unknown {
  return isBodyMap(value) ? schemaOfMap(value) : withJsonTypes(value);
}

/** Whether a body is described by a map of names, of which every type is known. */
export function isBodyMap(value: unknown): value is JsonObject {
  return (
    isParameterMap(value) &&
    !isJsonType(value.type) &&
    Object.values(value).every((each) => typeNamed(isObject(each) ? each.type : each) !== undefined)
  );
}

/** Whether the parameters of a place are a map of names, and not a JSON Schema. */
export function isParameterMap(value: unknown): value is JsonObject {
  if (!isObject(value) || Object.keys(value).length === 0) return false;
  const isSchema = Object.entries(SCHEMA_KEYWORDS).some(
    ([keyword, accepts]) => Object.hasOwn(value, keyword) && accepts(value[keyword]),
  );
  return !isSchema && Object.values(value).every((each) => typeof each === 'string' || isObject(each));
}

function schemaOfMap(map: JsonObject): JsonObject {
  return withJsonTypes({
    type: 'object',
    properties: mapValues(map, (_, each) => (typeof each === 'string' ? namedType(each) : each)),
  }) as JsonObject;
}

/** A type by its name; other words describe the parameter. */
function namedType(text: string): JsonObject {
  return typeNamed(text) ?? (text.trim() === '' ? {} : { description: text });
}

/** The schema with JSON types, and with `required` of a property in the list of its object. */
function withJsonTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withJsonTypes);
  if (!isObject(schema)) return schema;
  const { type, properties, required, items, ...rest } = schema;
  const own = isObject(properties) ? properties : {};
  const demanded = Object.keys(own).filter((name) => isObject(own[name]) && own[name].required === true);
  const list = [...new Set([...listOrEmpty(required), ...demanded])];
  const isList = Array.isArray(required);
  return inOrderOf(schema, {
    ...rest,
    ...(type !== undefined && (typeNamed(type) ?? { type })),
    ...(properties !== undefined && {
      properties: isObject(properties)
        ? mapValues(properties, (_, each) => withJsonTypes(withoutFlag(each)))
        : properties,
    }),
    ...(list.length > 0 ? { required: list } : required !== undefined && isList && { required }),
    ...(items !== undefined && { items: withJsonTypes(items) }),
  });
}

/** In JSON Schema `required` is a list of names; as a flag of a property it belongs to older dialects. */
function withoutFlag(schema: unknown): unknown {
  if (!isObject(schema) || typeof schema.required !== 'boolean') return schema;
  const { required: _, ...rest } = schema;
  return rest;
}

function inOrderOf(schema: JsonObject, changed: JsonObject): JsonObject {
  const first = Object.keys(schema).filter((key) => Object.hasOwn(changed, key));
  return Object.fromEntries(
    [...new Set([...first, ...Object.keys(changed)])].map((key) => [key, changed[key]]),
  );
}
