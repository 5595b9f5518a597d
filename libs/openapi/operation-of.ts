import { isDeepStrictEqual } from 'node:util';
import { type Endpoint, ENDPOINT_FIELDS, type EndpointField, isJsonField } from '../domain/endpoint.js';
import { jsonTextOf } from '../json/exact-json.js';
import { embeddedSchema } from './embedded-schema.js';
import { isObject, type JsonObject } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import { OpenApiDocument } from './openapi-document.js';
import { EXTENSION } from './operation-members.js';
import { isBodyMap, schemaOfBody } from './parameter-map.js';
import { parametersOf } from './parameters.js';
import { readOperations } from './read-operations.js';
import { requirementsOf, type SecuritySchemes } from './security.js';

const JSON_MEDIA_TYPE = 'application/json';

/**
 * The operation object of an endpoint, for its place in a document. Whatever reading it again would not give is in its
 * extension as it is, so that nothing is lost, and references lead nowhere but to places within it.
 */
export function operationOf(endpoint: Endpoint, components: Components): JsonObject {
  const operation = plainOperation(endpoint, components);
  const again = readAgain(endpoint, operation, components);
  const lost = ENDPOINT_FIELDS.filter((field) => !isDeepStrictEqual(again[field], endpoint[field]));
  return lost.length === 0
    ? operation
    : {
        ...operation,
        [EXTENSION]: Object.fromEntries(lost.map((field) => [field, told(field, endpoint[field])])),
      };
}

/** What the operations of a document refer to. */
export interface Components {
  readonly securitySchemes: SecuritySchemes;
  /** The shared definitions by name, as they are written. */
  readonly schemas: JsonObject;
  /** Their names. */
  readonly shared: ReadonlySet<string>;
}

function told(field: EndpointField, value: unknown): unknown {
  return isJsonField(field) && value !== null ? jsonTextOf(value) : value;
}

/** Methods whose requests usually have no body (RFC 9110, section 9.3). */
const WITHOUT_BODY = ['GET', 'HEAD', 'TRACE'];

function plainOperation(endpoint: Endpoint, components: Components): JsonObject {
  const { path, method, name, description, operationId, tags, baseUrl } = endpoint;
  const place = pointerBelow('#', 'paths', path, method.toLowerCase());
  const parameters = parametersOf(endpoint, components.shared);
  const security = requirementsOf(endpoint, components.securitySchemes);
  const request = requestOf(endpoint, place, components.shared);
  return {
    ...(operationId !== null && { operationId }),
    summary: name,
    ...(description !== null && { description }),
    ...(tags !== null && { tags }),
    ...(endpoint.deprecated && { deprecated: true }),
    ...(parameters.length > 0 && { parameters }),
    ...(request !== undefined && { requestBody: request }),
    responses: { 200: { description: 'Success', ...responseOf(endpoint, place, components.shared) } },
    ...(security !== undefined && { security }),
    ...(baseUrl !== null && { servers: [{ url: baseUrl }] }),
  };
}

function requestOf(
  { method, contentType, requestBody, requestBodyRequired }: Endpoint,
  place: string,
  shared: ReadonlySet<string>,
): JsonObject | undefined {
  if (contentType === null && requestBody === null) return undefined;
  // Clients of the reference registry send a media type and a map with every endpoint.
  if (WITHOUT_BODY.includes(method) && (isEmpty(requestBody) || isBodyMap(requestBody))) return undefined;
  const body = content(
    contentType ?? JSON_MEDIA_TYPE,
    requestBody,
    pointerBelow(place, 'requestBody'),
    shared,
  );
  return { ...body, ...(requestBodyRequired && { required: true }) };
}

function isEmpty(schema: unknown): boolean {
  return schema === null || (isObject(schema) && Object.keys(schema).length === 0);
}

function responseOf(
  { responseContentType, responseBody }: Endpoint,
  place: string,
  shared: ReadonlySet<string>,
): JsonObject | undefined {
  if (responseContentType === null && responseBody === null) return undefined;
  const pointer = pointerBelow(place, 'responses', '200');
  return content(responseContentType ?? JSON_MEDIA_TYPE, responseBody, pointer, shared);
}

function content(mediaType: string, schema: unknown, place: string, shared: ReadonlySet<string>): JsonObject {
  const pointer = pointerBelow(place, 'content', mediaType, 'schema');
  const embedded = embeddedSchema(schemaOfBody(schema), pointer, shared);
  return { content: { [mediaType]: embedded === undefined ? {} : { schema: embedded } } };
}

function readAgain(
  { path, method }: Endpoint,
  operation: JsonObject,
  { securitySchemes, schemas, shared }: Components,
): Endpoint {
  const { endpoints } = readOperations(
    OpenApiDocument.of({
      openapi: '3.1.0',
      paths: { [path]: { [method.toLowerCase()]: operation } },
      components: { securitySchemes: securitySchemes.all, schemas },
    }),
    { baseDomain: null, sharesDefinitions: shared.size > 0 },
  );
  const [endpoint] = endpoints;
  if (endpoint === undefined) throw new Error(`${method} ${path} cannot be an operation`);
  return endpoint;
}
