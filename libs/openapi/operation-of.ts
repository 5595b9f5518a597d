import { isDeepStrictEqual } from 'node:util';
import { jsonTextOf } from '../json/exact-json.js';
import { type Endpoint, type EndpointField, ENDPOINT_FIELDS, EXTENSION, isJsonField } from './endpoint.js';
import { endpointsOf } from './endpoints-of.js';
import { embeddedSchema } from './embedded-schema.js';
import type { JsonObject } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import { OpenApiDocument } from './openapi-document.js';
import { parametersOf } from './parameters.js';
import { requirementsOf, type SecuritySchemes } from './security.js';

const JSON_MEDIA_TYPE = 'application/json';

/**
 * The operation object of an endpoint, for its place in a document. Whatever reading it again would not give is in its
 * extension as it is, so that nothing is lost, and references lead nowhere but to places within it.
 */
export function operationOf(endpoint: Endpoint, schemes: SecuritySchemes): JsonObject {
  const operation = plainOperation(endpoint, schemes);
  const again = readAgain(endpoint, operation, schemes);
  const lost = ENDPOINT_FIELDS.filter((field) => !isDeepStrictEqual(again[field], endpoint[field]));
  return lost.length === 0
    ? operation
    : {
        ...operation,
        [EXTENSION]: Object.fromEntries(lost.map((field) => [field, told(field, endpoint[field])])),
      };
}

function told(field: EndpointField, value: unknown): unknown {
  return isJsonField(field) && value !== null ? jsonTextOf(value) : value;
}

function plainOperation(endpoint: Endpoint, schemes: SecuritySchemes): JsonObject {
  const { path, method, name, description, contentType, requestBody, responseBody } = endpoint;
  const place = pointerBelow('#', 'paths', path, method.toLowerCase());
  const parameters = parametersOf(endpoint);
  const security = requirementsOf(endpoint, schemes);
  const content = (mediaType: string, schema: unknown, ...keys: readonly string[]): JsonObject => {
    const embedded = embeddedSchema(schema, pointerBelow(place, ...keys, 'content', mediaType, 'schema'));
    return { content: { [mediaType]: embedded === undefined ? {} : { schema: embedded } } };
  };
  return {
    summary: name,
    ...(description !== null && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...((contentType !== null || requestBody !== null) && {
      requestBody: content(contentType ?? JSON_MEDIA_TYPE, requestBody, 'requestBody'),
    }),
    responses: {
      200: {
        description: 'Success',
        ...(responseBody !== null && content(JSON_MEDIA_TYPE, responseBody, 'responses', '200')),
      },
    },
    ...(security !== undefined && { security }),
  };
}

function readAgain({ path, method }: Endpoint, operation: JsonObject, schemes: SecuritySchemes): Endpoint {
  const [endpoint] = endpointsOf(
    OpenApiDocument.of({
      openapi: '3.1.0',
      paths: { [path]: { [method.toLowerCase()]: operation } },
      components: { securitySchemes: schemes.all },
    }),
    { baseDomain: null },
  );
  if (endpoint === undefined) throw new Error(`${method} ${path} cannot be an operation`);
  return endpoint;
}
