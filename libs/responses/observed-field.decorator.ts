import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ResponseField } from './response-field.decorator.js';

const OBSERVED = Symbol('observed');

/**
 * A {@link ResponseField} that the registry itself moves: what it observes, and times that move along. No client edits it, so
 * that entity tags for `If-Match` leave it out.
 */
export function ObservedField(documentation: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(ResponseField(documentation), Reflect.metadata(OBSERVED, true));
}

/** Whether a property of a response is an {@link ObservedField}. */
export function isObserved(response: object, property: string): boolean {
  return Reflect.hasMetadata(OBSERVED, response, property);
}
