import { isObject, type JsonObject, objectOrEmpty, type OpenApiDocument } from './openapi-document.js';
import { SchemaInliner } from './self-contained-schema.js';

/** One item of the batch that `POST /register/endpoints` takes. */
export interface Endpoint {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly authType: string | null;
  readonly authConfig: JsonObject | null;
  readonly contentType: string | null;
  readonly pathParams: JsonObject | null;
  readonly queryParams: JsonObject | null;
  readonly requestBody: JsonObject | null;
  readonly responseBody: JsonObject | null;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const JSON_MEDIA_TYPE = /^application\/([a-z0-9.-]+\+)?json\b/i;

/** Every operation of the description, in its order. */
export function endpointsOf(document: OpenApiDocument): Endpoint[] {
  const inliner = new SchemaInliner(document);
  return Object.entries(objectOrEmpty(document.root.paths)).flatMap(([path, item]) => {
    if (!path.startsWith('/')) return [];
    const pathItem = document.resolved(item);
    return METHODS.flatMap((method) =>
      isObject(pathItem[method]) ? [endpoint(document, inliner, path, method, pathItem)] : [],
    );
  });
}

function endpoint(
  document: OpenApiDocument,
  inliner: SchemaInliner,
  path: string,
  method: string,
  pathItem: JsonObject,
): Endpoint {
  const operation = objectOrEmpty(pathItem[method]);
  const parameters = effectiveParameters(document, pathItem, operation);
  const request = content(document, operation.requestBody);
  const response = content(document, successResponse(objectOrEmpty(operation.responses)));
  const fullPath = `${serverPath(operation.servers ?? pathItem.servers ?? document.root.servers)}${path}`;
  return {
    name: text(operation.summary) ?? text(operation.operationId) ?? `${method.toUpperCase()} ${fullPath}`,
    path: fullPath,
    method: method.toUpperCase(),
    description: text(operation.description),
    ...security(document, operation.security ?? document.root.security),
    contentType: request?.mediaType ?? null,
    pathParams: parametersSchema(inliner, parameters, 'path'),
    queryParams: parametersSchema(inliner, parameters, 'query'),
    requestBody: request === undefined ? null : inliner.selfContained(request.schema),
    responseBody: response === undefined ? null : inliner.selfContained(response.schema),
  };
}

/** The parameters of a path item, and the operation's, which replace those of the same name and place. */
function effectiveParameters(
  document: OpenApiDocument,
  pathItem: JsonObject,
  operation: JsonObject,
): JsonObject[] {
  const all = [...listOrEmpty(pathItem.parameters), ...listOrEmpty(operation.parameters)];
  const byIdentity = new Map<string, JsonObject>();
  for (const each of all) {
    const parameter = document.resolved(each);
    byIdentity.set(`${String(parameter.in)} ${String(parameter.name)}`, parameter);
  }
  return [...byIdentity.values()];
}

/** One JSON Schema for all parameters of a place: an object with a property for each. */
function parametersSchema(
  inliner: SchemaInliner,
  parameters: readonly JsonObject[],
  place: 'path' | 'query',
): JsonObject | null {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return null;
  const required = here.filter((parameter) => parameter.required === true).map(({ name }) => name);
  return inliner.selfContained({
    type: 'object',
    properties: Object.fromEntries(
      here.map((parameter) => [String(parameter.name), parameterSchema(parameter)]),
    ),
    ...(required.length > 0 && { required }),
  });
}

function parameterSchema(parameter: JsonObject): unknown {
  const [media] = Object.values(objectOrEmpty(parameter.content));
  const schema = parameter.schema ?? objectOrEmpty(media).schema ?? {};
  const description = text(parameter.description);
  return isObject(schema) && description !== null ? { ...schema, description } : schema;
}

/** The schema of a body: as JSON if it can be, otherwise as the first media type named. */
function content(
  document: OpenApiDocument,
  body: unknown,
): { mediaType: string; schema: unknown } | undefined {
  const media = Object.entries(objectOrEmpty(document.resolved(body).content));
  const [mediaType, chosen] = media.find(([type]) => JSON_MEDIA_TYPE.test(type)) ?? media[0] ?? [];
  const { schema } = objectOrEmpty(chosen);
  return mediaType === undefined || schema === undefined ? undefined : { mediaType, schema };
}

/** The response of the lowest 2xx status, otherwise the one for every other status. */
function successResponse(responses: JsonObject): unknown {
  const [success] = Object.keys(responses)
    .filter((status) => /^2(\d\d|XX)$/i.test(status))
    .sort();
  return responses[success ?? 'default'];
}

/** The path of the first server: endpoints are registered below the environment's base domain. */
function serverPath(servers: unknown): string {
  const server = objectOrEmpty(listOrEmpty(servers)[0]);
  const variables = objectOrEmpty(server.variables);
  const url = (text(server.url) ?? '/').replace(
    /\{([^}]*)\}/g,
    (_, name: string) => text(objectOrEmpty(variables[name]).default) ?? '',
  );
  const base = 'http://host';
  return URL.canParse(url, base) ? new URL(url, base).pathname.replace(/\/+$/, '') : '';
}

/** Who may call: any one of the alternatives, each a set of schemes that are needed together. */
function security(
  document: OpenApiDocument,
  requirements: unknown,
): Pick<Endpoint, 'isPublic' | 'authType' | 'authConfig'> {
  const alternatives = listOrEmpty(requirements).map((requirement) =>
    Object.entries(objectOrEmpty(requirement)).map(([name, scopes]) => scheme(document, name, scopes)),
  );
  const [first] = alternatives.filter((schemes) => schemes.length > 0);
  return {
    isPublic:
      alternatives.every((schemes) => schemes.length === 0) || alternatives.some((a) => a.length === 0),
    authType: first?.[0]?.authType ?? null,
    authConfig:
      first === undefined
        ? null
        : { alternatives: alternatives.map((schemes) => schemes.map(({ details }) => details)) },
  };
}

function scheme(
  document: OpenApiDocument,
  name: string,
  scopes: unknown,
): { authType: string; details: JsonObject } {
  const {
    type,
    scheme: http,
    in: place,
    name: parameter,
    openIdConnectUrl,
  } = document.resolved(document.at(`#/components/securitySchemes/${encodeURIComponent(name)}`));
  return {
    authType: authType(type, http),
    details: {
      scheme: name,
      type,
      ...(type === 'apiKey' && { in: place, name: parameter }),
      ...(type === 'http' && { httpScheme: http }),
      ...(type === 'openIdConnect' && { openIdConnectUrl }),
      ...(listOrEmpty(scopes).length > 0 && { scopes }),
    },
  };
}

function authType(type: unknown, httpScheme: unknown): string {
  if (type === 'http') return String(httpScheme).toUpperCase();
  const names: JsonObject = {
    apiKey: 'API_KEY',
    oauth2: 'OAUTH2',
    openIdConnect: 'OPENID_CONNECT',
    mutualTLS: 'MUTUAL_TLS',
  };
  return String(names[String(type)] ?? type);
}

function listOrEmpty(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
