import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { validate } from 'class-validator';
import { InvalidInput } from '../problem-details/invalid-input.js';
import { instanceFrom } from './field-conversion.js';
import { inputErrors } from './input-errors.js';
import { jsonFault } from './json-value.js';
import { isQuicklyAccepted } from './quick-acceptance.js';
import { isStorableText } from './storable-text.js';

/**
 * Turns what came from outside into an instance of the class the handler asks for, checked by its fields'
 * rules; properties without a rule are dropped. Throws {@link InvalidInput} with every mistake.
 */
@Injectable()
export class InputValidationPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype, data }: ArgumentMetadata): Promise<unknown> {
    if (type === 'param' && typeof value === 'string' && !isStorableText(value)) {
      throw new InvalidInput([{ pointer: `#/${data ?? ''}`, detail: 'must not contain U+0000' }]);
    }
    if (type === 'custom' || metatype === undefined || isBuiltIn(metatype)) return value;
    // What a body holds was looked at when it was read.
    const fault = type === 'query' && isObject(value) ? jsonFault(value) : undefined;
    if (fault !== undefined) throw new InvalidInput([fault]);
    // A missing body counts as an empty one, so that errors name the missing fields.
    return validatedPart(metatype as Type<object>, value === undefined ? {} : value);
  }
}

/**
 * Makes a checked instance of `type` from input that is storable, such as an entry of a list in a body that was read.
 * `base` is the pointer mistakes are reported below.
 */
export async function validatedPart<T extends object>(type: Type<T>, value: unknown, base = '#'): Promise<T> {
  if (!isObject(value)) throw new InvalidInput([{ pointer: base, detail: 'must be a JSON object' }]);
  const instance = instanceFrom(type, value);
  if (isQuicklyAccepted(instance)) return instance;
  const errors = await validate(instance, {
    whitelist: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  if (errors.length > 0) throw new InvalidInput(inputErrors(errors, base));
  return instance;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBuiltIn(metatype: unknown): boolean {
  return (
    metatype === String ||
    metatype === Number ||
    metatype === Boolean ||
    metatype === Array ||
    metatype === Object
  );
}
