import { type JsonSchema, type OpenApiDocument, type Operation, resolved } from './openapi-operations.js';

/** The value Swagger UI fills in for a schema: its example, else its default, else one put together from its parts. */
export function swaggerUiExample(document: OpenApiDocument, given: JsonSchema): unknown {
  const schema = resolved(document, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const [type] = [schema.type].flat();
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [
          name,
          swaggerUiExample(document, property),
        ]),
      );
    case 'array':
      return [swaggerUiExample(document, schema.items ?? {})];
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
  return bodySchema === undefined ? undefined : swaggerUiExample(document, bodySchema);
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
