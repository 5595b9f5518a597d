import { applyDecorators, type Type } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';

/** Describes a list response: a JSON array, with a `Link` header when it is a page and another one follows. */
export function ApiListing(type: Type): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({
      type,
      isArray: true,
      headers: {
        Link: {
          description: 'The next page, `rel="next"` (RFC 8288); absent on the last',
          schema: { type: 'string' },
        },
      },
    }),
  );
}
