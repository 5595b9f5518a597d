import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import type { JsonText } from '#libs/json/json-text.js';
import { isOrigin } from '#libs/validation/base-url.js';
import { ChoiceField, FlagField, JsonField, TextField, TextListField } from '#libs/validation/fields.js';
import { isParameterStyles, PARAMETER_STYLES_RULE } from '../parameter-styles.js';
import { isPathTemplate, PATH_TEMPLATE_RULE, withLeadingSlash } from '../path-template.js';

/** Kept below what a B-tree entry of PostgreSQL holds (2,704 bytes), at up to four bytes a character. */
const MAX_PATH_LENGTH = 600;

/** One operation of the batch. */
export class EndpointRegistration {
  @TextField({
    description: 'Name of the operation; agents read it.',
    example: 'Get an order',
    maxLength: 255,
  })
  readonly name!: string;

  @TextField({
    description: 'Path template below the base domain.',
    example: '/orders/{orderId}',
    maxLength: MAX_PATH_LENGTH,
    corrected: withLeadingSlash,
    test: isPathTemplate,
    message: PATH_TEMPLATE_RULE,
  })
  readonly path!: string;

  @ChoiceField({
    description: 'HTTP method, in any case.',
    example: 'GET',
    of: ENDPOINT_METHODS,
    anyCase: true,
  })
  readonly method!: string;

  @TextField({
    description: 'What the operation does; agents read it.',
    example: 'One order with its lines',
    minLength: 0,
    maxLength: 20_000,
    presence: 'optional',
  })
  readonly description?: string | null;

  @FlagField({
    description: 'Callable without credentials.',
    example: false,
    default: false,
    presence: 'optional',
  })
  readonly isPublic?: boolean | null;

  @TextField({
    description: 'How callers authenticate.',
    example: 'BEARER',
    minLength: 0,
    maxLength: 255,
    emptyIsNull: true,
    presence: 'optional',
  })
  readonly authType?: string | null;

  @JsonField({
    description: 'Details of the authentication; never put secrets here.',
    example: { scopes: ['orders:read'] },
    presence: 'optional',
  })
  readonly authConfig?: JsonText | null;

  @TextField({
    description: 'Media type of the request body.',
    example: 'application/json',
    minLength: 0,
    maxLength: 255,
    emptyIsNull: true,
    presence: 'optional',
  })
  readonly contentType?: string | null;

  @JsonField({
    description: 'JSON Schema of the path parameters, as an object or as a string of JSON.',
    example: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
    presence: 'optional',
  })
  readonly pathParams?: JsonText | null;

  @JsonField({
    description: 'JSON Schema of the query parameters.',
    example: { type: 'object', properties: { expand: { type: 'string', enum: ['lines'] } } },
    presence: 'optional',
  })
  readonly queryParams?: JsonText | null;

  @JsonField({ description: 'JSON Schema of the request body.', example: null, presence: 'optional' })
  readonly requestBody?: JsonText | null;

  @JsonField({
    description: 'JSON Schema of the response body.',
    example: { type: 'object', properties: { id: { type: 'string' }, total: { type: 'number' } } },
    presence: 'optional',
  })
  readonly responseBody?: JsonText | null;

  @TextField({
    description: 'Name for programs, unique in the environment.',
    example: 'getOrder',
    minLength: 0,
    maxLength: 255,
    emptyIsNull: true,
    presence: 'optional',
  })
  readonly operationId?: string | null;

  @TextListField({
    description: 'Groups that the operation belongs to.',
    example: ['orders'],
    maxItems: 100,
    maxLength: 255,
    presence: 'optional',
  })
  readonly tags?: JsonText | null;

  @FlagField({
    description: 'Still there, but no longer to be used.',
    example: false,
    default: false,
    presence: 'optional',
  })
  readonly deprecated?: boolean | null;

  @JsonField({
    description: 'JSON Schema of the header parameters.',
    example: { type: 'object', properties: { 'X-Tenant': { type: 'string' } }, required: ['X-Tenant'] },
    presence: 'optional',
  })
  readonly headerParams?: JsonText | null;

  @JsonField({
    description: 'JSON Schema of the cookie parameters.',
    example: null,
    presence: 'optional',
  })
  readonly cookieParams?: JsonText | null;

  @JsonField({
    description: "Serialisation of parameters, by place and name, where it differs from OpenAPI's defaults.",
    example: { query: { filter: { style: 'deepObject', explode: true } } },
    test: isParameterStyles,
    message: PARAMETER_STYLES_RULE,
    presence: 'optional',
  })
  readonly parameterStyles?: JsonText | null;

  @FlagField({
    description: 'Whether a request must have a body.',
    example: false,
    default: false,
    presence: 'optional',
  })
  readonly requestBodyRequired?: boolean | null;

  @TextField({
    description: 'Media type of the response body.',
    example: 'application/json',
    minLength: 0,
    maxLength: 255,
    emptyIsNull: true,
    presence: 'optional',
  })
  readonly responseContentType?: string | null;

  @TextField({
    description: 'Scheme and host of this operation, where they are not those of the environment.',
    example: 'https://uploads.example.com',
    minLength: 0,
    maxLength: 2000,
    emptyIsNull: true,
    test: isOrigin,
    message: 'http or https with a host, without path, query and user',
    presence: 'optional',
  })
  readonly baseUrl?: string | null;

  @TextListField({
    description: 'Words and questions of the people who look for the operation.',
    example: ['order status', 'Where is my parcel?'],
    maxItems: 20,
    maxLength: 200,
    presence: 'optional',
  })
  readonly keywords?: JsonText | null;
}
