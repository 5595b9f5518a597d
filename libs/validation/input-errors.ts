import type { ValidationError } from 'class-validator';
import type { InputError } from '../problem-details/domain-error.js';
import { childPointer } from './pointer.js';

/** Flattens class-validator's tree into one entry a mistake, each with its JSON pointer below `base`. */
export function inputErrors(errors: readonly ValidationError[], base = '#'): InputError[] {
  return errors.flatMap((error) => {
    const pointer = childPointer(base, error.property);
    const own = Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...inputErrors(error.children ?? [], pointer)];
  });
}
