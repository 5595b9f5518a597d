import { type JsonSchema, type OpenApiDocument, type Operation, resolved } from './openapi-operations.js';

type Properties = (schema: JsonSchema) => readonly string[];

const all: Properties = ({ properties = {} }) => Object.keys(properties);
const required: Properties = (schema) => schema.required ?? [];

/**
 * The value Swagger UI fills in for a schema: its example, else its default, else one put together from its parts.
 *
 * @param properties which ones an object gets
 */
function exampleOf(document: OpenApiDocument, given: JsonSchema, properties: Properties): unknown {
  const schema = resolved(document, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const [type] = [schema.type].flat();
  switch (type) {
    case 'object':
      return Object.fromEntries(
        properties(schema).map((name) => [
          name,
          exampleOf(document, schema.properties?.[name] ?? {}, properties),
        ]),
      );
    case 'array':
      return [exampleOf(document, schema.items ?? {}, properties)];
    case 'string':
      return schema.format === 'date-time' ? new Date().toISOString() : 'string';
    case 'boolean':
      return true;
    default:
      return 0;
  }
}

/** The body Swagger UI fills in for an operation; `undefined` when it takes none. */
export function exampleBody(document: OpenApiDocument, { bodySchema }: Operation): unknown {
  return bodySchema === undefined ? undefined : exampleOf(document, bodySchema, all);
}

/** As {@link exampleBody}, with no more than an operation needs. */
export function smallestBody(document: OpenApiDocument, { bodySchema }: Operation): unknown {
  return bodySchema === undefined ? undefined : exampleOf(document, bodySchema, required);
}

/** What Swagger UI fills in for the parameters of a place. Those it leaves empty are not sent. */
export function exampleParameters(
  { parameters }: Operation,
  place: 'path' | 'query',
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema }) => [name, schema.example ?? schema.default] as const)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
