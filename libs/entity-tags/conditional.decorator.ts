import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { problemResponse } from '../problem-details/api-problems.decorator.js';
import { MAX_IF_MATCH_LENGTH } from './entity-tag.errors.js';

/** Marks a route whose service evaluates `If-Match`. */
export const Conditional = Reflector.createDecorator<true>();

/** The header of a response with the entity tag of the resource, for the OpenAPI document. */
export const ETAG_HEADER = {
  ETag: {
    description:
      'Entity tag of the resource for `If-Match`: another one after every edit, whatever the registry observes',
    schema: { type: 'string' as const },
  },
};

/**
 * Declares that a route takes `If-Match`: the behaviour and the OpenAPI document follow.
 *
 * @param tag whose entity tag it is
 */
export function AcceptsIfMatch(tag: string): MethodDecorator {
  return applyDecorators(
    Conditional(true),
    ApiHeader({
      name: 'If-Match',
      description: `Change nothing unless the entity tag of ${tag} is one of these; \`*\`: any. Without it the change is made in any case.`,
      required: false,
      schema: { type: 'string', maxLength: MAX_IF_MATCH_LENGTH },
    }),
    ApiResponse({
      status: 412,
      ...problemResponse(412),
      headers: { ETag: { description: 'The current entity tag', schema: { type: 'string' } } },
    }),
  );
}
