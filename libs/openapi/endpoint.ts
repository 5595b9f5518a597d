/** One item of the batch that `POST /register/endpoints` takes, and what discovery gives back of it. */
export interface Endpoint {
  readonly name: string;
  readonly path: string;
  /** In upper case. */
  readonly method: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly authType: string | null;
  /** JSON, as are the four schemas: objects as a rule, but the registry takes anything. */
  readonly authConfig: unknown;
  readonly contentType: string | null;
  readonly pathParams: unknown;
  readonly queryParams: unknown;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
}

/** All of them, in the order in which discovery shows them. */
export const ENDPOINT_PROPERTIES = [
  'name',
  'path',
  'method',
  'description',
  'isPublic',
  'authType',
  'authConfig',
  'contentType',
  'pathParams',
  'queryParams',
  'requestBody',
  'responseBody',
] as const satisfies readonly (keyof Endpoint)[];

export type EndpointField = Exclude<keyof Endpoint, 'path' | 'method'>;

/** The fields that can differ while method and path identify the endpoint. */
export const ENDPOINT_FIELDS: readonly EndpointField[] = ENDPOINT_PROPERTIES.filter(
  (property) => property !== 'path' && property !== 'method',
);

/** Those fields that are JSON of any shape. */
export const JSON_FIELDS = [
  'authConfig',
  'pathParams',
  'queryParams',
  'requestBody',
  'responseBody',
] as const satisfies readonly EndpointField[];

export type JsonField = (typeof JSON_FIELDS)[number];

export function isJsonField(field: string): field is JsonField {
  return (JSON_FIELDS as readonly string[]).includes(field);
}

/** Methods that both a path item of OpenAPI and the registry know, as keys of a path item. */
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/**
 * Member of an operation that holds those fields of its endpoint which OpenAPI has no place for. JSON is there as text:
 * tools look for references wherever they find an object.
 */
export const EXTENSION = 'x-mcp-registry';
