/** The HTTP methods of endpoints: those for which OpenAPI 3.1 has a member. */
export const ENDPOINT_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'];

/** One operation of an application in an environment, as it is registered and discovered. */
export interface Endpoint {
  readonly name: string;
  readonly path: string;
  /** In upper case. */
  readonly method: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly authType: string | null;
  /** JSON of any shape, usually an object. */
  readonly authConfig: unknown;
  readonly contentType: string | null;
  /** JSON Schemas; the registry takes any JSON. */
  readonly pathParams: unknown;
  readonly queryParams: unknown;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  /** Unique in its environment. */
  readonly operationId: string | null;
  /** A list of texts. */
  readonly tags: unknown;
  readonly deprecated: boolean;
  /** JSON Schemas like `pathParams`. */
  readonly headerParams: unknown;
  readonly cookieParams: unknown;
  /** How parameters are serialised where that differs from OpenAPI's defaults; a {@link ParameterStyle} by place and name. */
  readonly parameterStyles: unknown;
  readonly requestBodyRequired: boolean;
  /** Media type of the response body. */
  readonly responseContentType: string | null;
  /** Scheme and host, where they are not those of the environment. */
  readonly baseUrl: string | null;
  /** A list of words and questions that search finds the endpoint by. */
  readonly keywords: unknown;
}

/** Where a parameter is, as OpenAPI names it. */
export const PARAMETER_PLACES = ['path', 'query', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** The serialisation of one parameter (OpenAPI 3.1, section 4.8.12.2); absent members have their default. */
export interface ParameterStyle {
  readonly style?: string;
  readonly explode?: boolean;
  readonly allowReserved?: boolean;
  readonly allowEmptyValue?: boolean;
  /** The value is serialised as this media type. */
  readonly contentType?: string;
}

interface FieldDescription {
  /** How it is stored: JSON in its own words, so that numbers keep their digits and properties their order. */
  readonly type: 'text' | 'boolean' | 'json';
  /** JSON that is a list, not an object. */
  readonly isList?: true;
  /** Its value when a registration leaves it out; without one it is mandatory. */
  readonly default?: null | false;
  /** Whether an import registers an endpoint without it when it is invalid. */
  readonly isDroppable?: true;
}

/** Every field of an endpoint, in the order of responses: storage, comparison, discovery and imports follow from it. */
const FIELDS = {
  name: { type: 'text' },
  path: { type: 'text' },
  method: { type: 'text' },
  description: { type: 'text', default: null, isDroppable: true },
  // Not droppable: without it a public endpoint and a protected one would look alike.
  isPublic: { type: 'boolean', default: false },
  authType: { type: 'text', default: null, isDroppable: true },
  authConfig: { type: 'json', default: null, isDroppable: true },
  contentType: { type: 'text', default: null, isDroppable: true },
  pathParams: { type: 'json', default: null, isDroppable: true },
  queryParams: { type: 'json', default: null, isDroppable: true },
  requestBody: { type: 'json', default: null, isDroppable: true },
  responseBody: { type: 'json', default: null, isDroppable: true },
  operationId: { type: 'text', default: null, isDroppable: true },
  tags: { type: 'json', isList: true, default: null, isDroppable: true },
  deprecated: { type: 'boolean', default: false, isDroppable: true },
  headerParams: { type: 'json', default: null, isDroppable: true },
  cookieParams: { type: 'json', default: null, isDroppable: true },
  parameterStyles: { type: 'json', default: null, isDroppable: true },
  requestBodyRequired: { type: 'boolean', default: false, isDroppable: true },
  responseContentType: { type: 'text', default: null, isDroppable: true },
  baseUrl: { type: 'text', default: null, isDroppable: true },
  keywords: { type: 'json', isList: true, default: null, isDroppable: true },
} as const satisfies Readonly<Record<keyof Endpoint, FieldDescription>>;

type Fields = typeof FIELDS;

export type EndpointProperty = keyof Endpoint;
/** A field that can differ while method and path identify the endpoint. */
export type EndpointField = Exclude<EndpointProperty, 'path' | 'method'>;
export type JsonField = {
  [Name in EndpointField]: Fields[Name]['type'] extends 'json' ? Name : never;
}[EndpointField];
export type PlainField = Exclude<EndpointField, JsonField>;

export const ENDPOINT_PROPERTIES = Object.keys(FIELDS) as readonly EndpointProperty[];

export const ENDPOINT_FIELDS: readonly EndpointField[] = ENDPOINT_PROPERTIES.filter(
  (property) => property !== 'path' && property !== 'method',
);

export const JSON_FIELDS: readonly JsonField[] = ENDPOINT_FIELDS.filter(isJsonField);

export const PLAIN_FIELDS: readonly PlainField[] = ENDPOINT_FIELDS.filter(
  (field): field is PlainField => !isJsonField(field),
);

/** Fields without which an import registers an endpoint when they are invalid. */
export const DROPPABLE_FIELDS: readonly EndpointField[] = ENDPOINT_FIELDS.filter(
  (field) => descriptionOf(field).isDroppable === true,
);

export function isJsonField(field: string): field is JsonField {
  return isEndpointProperty(field) && descriptionOf(field).type === 'json';
}

/** Whether the JSON of the field is a list. */
export function isListField(field: string): boolean {
  return isEndpointProperty(field) && descriptionOf(field).isList === true;
}

/** The type of the field's column. */
export function columnType(field: EndpointProperty): FieldDescription['type'] {
  return descriptionOf(field).type;
}

/** The value of a field that a registration leaves out. */
export function defaultOf(field: EndpointProperty): null | false {
  return descriptionOf(field).default ?? null;
}

function isEndpointProperty(name: string): name is EndpointProperty {
  return Object.hasOwn(FIELDS, name);
}

function descriptionOf(field: EndpointProperty): FieldDescription {
  return FIELDS[field];
}
