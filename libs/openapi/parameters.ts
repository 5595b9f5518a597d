import { embeddedSchema } from './embedded-schema.js';
import type { Endpoint } from './endpoint.js';
import { isObject, type JsonObject, listOrEmpty, mapValues, objectOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { OpenApiDocument } from './openapi-document.js';
import { references } from './schema-keywords.js';
import type { SchemaInliner } from './self-contained-schema.js';

/** A parameter object, and where it is. */
interface Parameter {
  readonly object: JsonObject;
  readonly pointer: string;
}

/** The parameters of a path item, and the operation's, which replace those of the same name and place. */
export function effectiveParameters(
  document: OpenApiDocument,
  pathItem: { readonly object: JsonObject; readonly pointer: string },
  method: string,
): Parameter[] {
  const of = (owner: JsonObject, pointer: string): Parameter[] =>
    listOrEmpty(owner.parameters).map((each, index) =>
      document.located(each, pointerBelow(pointer, 'parameters', String(index))),
    );
  const all = [
    ...of(pathItem.object, pathItem.pointer),
    ...of(objectOrEmpty(pathItem.object[method]), pointerBelow(pathItem.pointer, method)),
  ];
  return [
    ...new Map(all.map((each) => [`${String(each.object.in)} ${String(each.object.name)}`, each])).values(),
  ];
}

/** One JSON Schema for all parameters of a place: an object with a property for each. */
export function parametersSchema(
  inliner: SchemaInliner,
  parameters: readonly Parameter[],
  place: 'path' | 'query',
): JsonObject | null {
  const here = parameters.filter(({ object }) => object.in === place && typeof object.name === 'string');
  if (here.length === 0) return null;
  const required = here.filter(({ object }) => place === 'path' || object.required === true);
  // Together, so that what several of them refer to is defined once.
  const { properties, ...rest }: JsonObject = inliner.selfContained({
    type: 'object',
    properties: Object.fromEntries(
      here.map(({ object }): [string, unknown] => [String(object.name), parameterSchema(object)]),
    ),
    ...(required.length > 0 && { required: required.map(({ object }) => object.name) }),
  });
  const descriptions = new Map(here.map(({ object }) => [object.name, object.description]));
  return {
    type: 'object',
    properties: mapValues(objectOrEmpty(properties), (name, schema) =>
      described(schema, descriptions.get(name)),
    ),
    ...rest,
  };
}

function parameterSchema({ schema, content }: JsonObject): unknown {
  const [media] = Object.values(objectOrEmpty(content));
  return schema ?? objectOrEmpty(media).schema ?? {};
}

/** What is said of the parameter goes before what is said of its schema, which others may share. */
function described(schema: unknown, description: unknown): unknown {
  if (!isObject(schema) || typeof description !== 'string' || description === '') return schema;
  const { description: _, ...rest } = schema;
  return { ...rest, description };
}

/**
 * The parameter objects of an endpoint, as well as its two schemas tell them: every name in the path template has
 * one, and nothing else is a path parameter.
 */
export function parametersOf({ path, pathParams, queryParams }: Endpoint): JsonObject[] {
  const names = [...new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name))];
  const inPath = propertiesOf(pathParams);
  const inQuery = propertiesOf(queryParams);
  const required = new Set(listOrEmpty(objectOrEmpty(queryParams).required));
  return [
    ...inOrder(names, Object.keys(inPath)).map((name) => ({
      ...parameter('path', name, Object.hasOwn(inPath, name) ? inPath[name] : {}),
      required: true,
    })),
    ...Object.entries(inQuery).map(([name, schema]) => ({
      ...parameter('query', name, schema),
      ...(required.has(name) && { required: true }),
    })),
  ];
}

function propertiesOf(schema: unknown): JsonObject {
  return objectOrEmpty(objectOrEmpty(schema).properties);
}

/** In the order of the schema, which is not always that of the template. */
function inOrder(names: readonly string[], order: readonly string[]): string[] {
  const [named, ordered] = [new Set(names), new Set(order)];
  return [...order.filter((name) => named.has(name)), ...names.filter((name) => !ordered.has(name))];
}

function parameter(place: 'path' | 'query', name: string, given: unknown): JsonObject {
  // A parameter's schema has no place for the definitions of the schema it is taken from.
  const schema = references(given).length > 0 ? undefined : embeddedSchema(given, '');
  const { description, ...rest } = schema ?? {};
  return typeof description === 'string' && description !== ''
    ? { name, in: place, description, schema: rest }
    : { name, in: place, schema: schema ?? {} };
}
