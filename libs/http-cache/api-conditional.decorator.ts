import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** Describes what a route answers to `If-None-Match` when nothing has changed. */
export function ApiConditional(): MethodDecorator {
  return applyDecorators(
    ApiResponse({
      status: 304,
      description: 'Not Modified: the entity tag in `If-None-Match` is still that of the answer',
      headers: { ETag: { description: 'That entity tag', schema: { type: 'string' } } },
    }),
  );
}
