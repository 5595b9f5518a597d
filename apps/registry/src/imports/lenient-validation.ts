import type { Type } from '@nestjs/common';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { validatedPart } from '#libs/validation/input-validation.pipe.js';
import { jsonFault } from '#libs/validation/json-value.js';

export interface LenientResult<T> {
  /** Absent when a field that cannot be left out breaks a rule. */
  readonly value: T | undefined;
  /** What breaks a rule, and was left out where it could be. */
  readonly mistakes: readonly InputError[];
}

/**
 * Validates a record and leaves out optional fields that are invalid: operators prefer an endpoint without its
 * broken description to none.
 *
 * @param optional fields that are left out when they are invalid; any other makes the whole record unusable
 * @param furtherMistakes rules beyond those of the class
 */
export async function parseLenient<T extends object>(
  type: Type<T>,
  fields: Readonly<Record<string, unknown>>,
  optional: readonly (keyof T & string)[],
  furtherMistakes: (value: T) => readonly InputError[] = () => [],
): Promise<LenientResult<T>> {
  const mistakes = Object.entries(fields).flatMap(([name, value]) => jsonFault(value, `#/${name}`) ?? []);
  let rest = without(fields, mistakes);
  let value = await validOrMistakes(type, rest, mistakes);
  if (value === undefined && canBeLeftOut(mistakes, optional)) {
    rest = without(rest, mistakes);
    value = await validOrMistakes(type, rest, mistakes);
  }
  const further = value === undefined ? [] : furtherMistakes(value);
  if (further.length > 0) {
    mistakes.push(...further);
    value = await validOrMistakes(type, without(rest, further), mistakes);
  }
  return { value: canBeLeftOut(mistakes, optional) ? value : undefined, mistakes };
}

/** What there is to say of a record's mistakes. */
export function formatErrors(mistakes: readonly InputError[]): string {
  return mistakes.map(({ pointer, detail }) => `${pointer.slice('#/'.length)} ${detail}`).join('; ');
}

async function validOrMistakes<T extends object>(
  type: Type<T>,
  fields: Readonly<Record<string, unknown>>,
  mistakes: InputError[],
): Promise<T | undefined> {
  try {
    return await validatedPart(type, fields);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    mistakes.push(...(error.errors ?? []));
    return undefined;
  }
}

function canBeLeftOut(mistakes: readonly InputError[], optional: readonly string[]): boolean {
  return mistakes.every((mistake) => optional.includes(fieldOf(mistake)));
}

function without(
  fields: Readonly<Record<string, unknown>>,
  mistakes: readonly InputError[],
): Record<string, unknown> {
  const wrong = new Set(mistakes.map(fieldOf));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.has(name)));
}

function fieldOf({ pointer }: InputError): string {
  return pointer.split('/')[1] ?? '';
}
