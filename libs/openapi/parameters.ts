import { definitionName } from '../domain/definition.js';
import {
  type Endpoint,
  PARAMETER_PLACES,
  type ParameterPlace,
  type ParameterStyle,
} from '../domain/endpoint.js';
import { embeddedSchema, sharedReference } from './embedded-schema.js';
import { isObject, type JsonObject, listOrEmpty, mapValues, objectOrEmpty } from './json-object.js';
import type { Located, OpenApiDocument } from './openapi-document.js';
import { schemaOfParameters } from './parameter-map.js';
import { parametersIn, type PathItem } from './path-item.js';
import { references } from './schema-keywords.js';
import type { ToSchema } from './self-contained-schema.js';

/**
 * The parameters of a path item, and the operation's, which replace those of the same name and place. Reports what is no
 * parameter to the document.
 */
export function effectiveParameters(
  document: OpenApiDocument,
  pathItem: PathItem,
  operation: Located,
): Located[] {
  const all = [...pathItem.parameters, ...parametersIn(operation)]
    .map(({ value, pointer }) => document.located(value, pointer))
    // What a reference does not lead to is reported already.
    .filter(({ object }) => Object.keys(object).length > 0);
  const effective = [
    ...new Map(all.map((each) => [`${String(each.object.in)} ${String(each.object.name)}`, each])).values(),
  ];
  return effective.filter(({ object }) => {
    const fault = faultOf(object);
    if (fault !== undefined) document.report(fault);
    return fault === undefined;
  });
}

/** Headers that are no parameters, whatever a document says (OpenAPI 3.1, section 4.8.12.1). */
const OTHER_HEADERS = ['accept', 'content-type', 'authorization'];

/** Why an object is no parameter of an endpoint. */
function faultOf(parameter: JsonObject): string | undefined {
  const { name, in: place } = parameter;
  if (typeof name !== 'string') return 'has a parameter without a name';
  if (!PARAMETER_PLACES.some((each) => each === place)) {
    return `has the parameter "${name}" in ${place === undefined ? 'no place' : JSON.stringify(place)}; allowed are ${PARAMETER_PLACES.join(', ')}`;
  }
  if (place === 'header' && OTHER_HEADERS.includes(name.toLowerCase())) {
    return `has the header parameter "${name}", which OpenAPI gives no meaning`;
  }
  return undefined;
}

function parametersAt(parameters: readonly Located[], place: ParameterPlace): Located[] {
  return parameters.filter(({ object }) => object.in === place);
}

/** One JSON Schema for all parameters of a place: an object with a property for each. */
export function parametersSchema(
  toSchema: ToSchema,
  parameters: readonly Located[],
  place: ParameterPlace,
): JsonObject | null {
  const here = parametersAt(parameters, place);
  if (here.length === 0) return null;
  const required = here.filter(({ object }) => place === 'path' || object.required === true);
  // Together, so that what several of them refer to is defined once.
  const { properties, ...rest }: JsonObject = toSchema(
    {
      type: 'object',
      properties: Object.fromEntries(
        here.map(({ object }): [string, unknown] => [String(object.name), parameterSchema(object)]),
      ),
      ...(required.length > 0 && { required: required.map(({ object }) => object.name) }),
    },
    'request',
  );
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

/** The description of the parameter wins over that of its schema, which other parameters may share. */
function described(schema: unknown, description: unknown): unknown {
  if (!isObject(schema) || typeof description !== 'string' || description === '') return schema;
  const { description: _, ...rest } = schema;
  return { ...rest, description };
}

/** How the parameters are serialised, as far as it is not OpenAPI's default; null: all are. */
export function parameterStyles(parameters: readonly Located[]): JsonObject | null {
  const places = PARAMETER_PLACES.flatMap((place): [string, JsonObject][] => {
    const styles = parametersAt(parameters, place).flatMap(({ object }): [string, ParameterStyle][] => {
      const style = styleOf(object, place);
      return Object.keys(style).length === 0 ? [] : [[String(object.name), style]];
    });
    return styles.length === 0 ? [] : [[place, Object.fromEntries(styles)]];
  });
  return places.length === 0 ? null : Object.fromEntries(places);
}

const DEFAULT_STYLES: Readonly<Record<ParameterPlace, string>> = {
  path: 'simple',
  query: 'form',
  header: 'simple',
  cookie: 'form',
};

function styleOf(parameter: JsonObject, place: ParameterPlace): ParameterStyle {
  const { style, explode, allowReserved, allowEmptyValue, content, schema } = parameter;
  const [mediaType] = Object.keys(objectOrEmpty(content));
  if (schema === undefined && mediaType !== undefined) return { contentType: mediaType };
  const inEffect = typeof style === 'string' ? style : DEFAULT_STYLES[place];
  return {
    ...(inEffect !== DEFAULT_STYLES[place] && { style: inEffect }),
    ...(typeof explode === 'boolean' && explode !== (inEffect === 'form') && { explode }),
    ...(allowReserved === true && { allowReserved }),
    ...(allowEmptyValue === true && place === 'query' && { allowEmptyValue }),
  };
}

/**
 * The parameter objects of an endpoint, as well as its schemas tell them: every name in the path template has one, and
 * nothing else is a path parameter.
 */
export function parametersOf(endpoint: Endpoint, shared: ReadonlySet<string>): JsonObject[] {
  const { path, pathParams, queryParams, headerParams, cookieParams } = endpoint;
  const styles = objectOrEmpty(endpoint.parameterStyles);
  const names = [...new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name))];
  const inPath = propertiesOf(schemaOfParameters(pathParams));
  const styled = (place: ParameterPlace, name: string, given: unknown): JsonObject =>
    withStyle(parameter(place, name, given, shared), objectOrEmpty(objectOrEmpty(styles[place])[name]));
  const others = (place: ParameterPlace, given: unknown): JsonObject[] => {
    const schema = schemaOfParameters(given);
    const required = new Set(listOrEmpty(objectOrEmpty(schema).required));
    return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
      ...styled(place, name, property),
      ...(required.has(name) && { required: true }),
    }));
  };
  return [
    ...inOrder(names, Object.keys(inPath)).map((name) => ({
      ...styled('path', name, Object.hasOwn(inPath, name) ? inPath[name] : {}),
      required: true,
    })),
    ...others('query', queryParams),
    ...others('header', headerParams),
    ...others('cookie', cookieParams),
  ];
}

function withStyle(object: JsonObject, { contentType, ...style }: ParameterStyle): JsonObject {
  if (contentType === undefined) return { ...object, ...style };
  const { schema, ...rest } = object;
  return { ...rest, content: { [contentType]: { schema } } };
}

function propertiesOf(schema: unknown): JsonObject {
  return objectOrEmpty(objectOrEmpty(schema).properties);
}

/** In the order of the schema, which is not always that of the template. */
function inOrder(names: readonly string[], order: readonly string[]): string[] {
  const [named, ordered] = [new Set(names), new Set(order)];
  return [...order.filter((name) => named.has(name)), ...names.filter((name) => !ordered.has(name))];
}

function parameter(
  place: ParameterPlace,
  name: string,
  given: unknown,
  shared: ReadonlySet<string>,
): JsonObject {
  // A parameter's schema has no place for the definitions of the schema it is taken from.
  const isAlone = references(given).every((reference) => shared.has(definitionName(reference) ?? ''));
  const schema = sharedReference(given, shared) ?? (isAlone ? embeddedSchema(given, '', shared) : undefined);
  const { description, ...rest } = schema ?? {};
  return typeof description === 'string' && description !== ''
    ? { name, in: place, description, schema: rest }
    : { name, in: place, schema: schema ?? {} };
}
