import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Expose, plainToInstance, Transform, type TransformFnParams } from 'class-transformer';

/** A response property that is copied from its source, and its documentation. `made`: makes it of the source. */
export function ResponseField(
  documentation: ApiPropertyOptions,
  made?: (source: never) => unknown,
): PropertyDecorator {
  return applyDecorators(
    Expose(),
    ApiProperty(documentation),
    ...(made === undefined ? [] : [Transform(({ obj }: TransformFnParams) => made(obj as never))]),
  );
}

/**
 * A response of the class with the {@link ResponseField} properties of `source` and no others: a new column is not
 * exposed by accident. `ready` holds values that are taken as they are: other responses, and free JSON, which
 * class-transformer must not walk (it fails on a property called `constructor`).
 */
export function toResponse<T extends object>(type: Type<T>, source: object, ready?: Partial<T>): T {
  return Object.assign(plainToInstance(type, source, { excludeExtraneousValues: true }), ready);
}
