import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Media type of JSON texts, one a line. */
export const NDJSON = 'application/x-ndjson';

/**
 * Describes a list response: a JSON array, with a `Link` header when it is a page and another one follows.
 *
 * @param line what each line of the response is, when the route answers {@link NDJSON} as well
 */
export function ApiListing(type: Type, line?: Type): MethodDecorator {
  const headers = {
    Link: {
      description: 'The next page, `rel="next"` (RFC 8288); absent on the last',
      schema: { type: 'string' },
    },
  };
  if (line === undefined) return ApiOkResponse({ type, isArray: true, headers });
  const items = { $ref: getSchemaPath(type) };
  return applyDecorators(
    ApiExtraModels(type, line),
    ApiOkResponse({
      headers,
      content: {
        'application/json': { schema: { type: 'array', items } },
        [NDJSON]: { schema: { $ref: getSchemaPath(line) } },
      },
    }),
  );
}
