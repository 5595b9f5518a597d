import type { JsonText } from '#libs/json/json-text.js';
import { ChoiceField, FlagField, JsonField, TextField } from '#libs/validation/fields.js';

const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'];

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
    pattern: /^\//,
    says: 'a path that begins with /',
  })
  readonly path!: string;

  @ChoiceField({ description: 'HTTP method, in any case.', example: 'GET', of: HTTP_METHODS, anyCase: true })
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
}
