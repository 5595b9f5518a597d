import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Expose, plainToInstance } from 'class-transformer';

/** A property of a response that is taken over from its source, and its documentation. */
export function Shown(documentation: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(Expose(), ApiProperty(documentation));
}

/**
 * A response of the class with the {@link Shown} properties of `source` and no others: a new column shows up
 * nowhere by itself. `ready` holds what is fit to be shown as it is: other responses, and free JSON, which
 * class-transformer must not walk (it stumbles over a property called `constructor`).
 */
export function responseOf<T extends object>(type: Type<T>, source: object, ready?: Partial<T>): T {
  return Object.assign(plainToInstance(type, source, { excludeExtraneousValues: true }), ready);
}
