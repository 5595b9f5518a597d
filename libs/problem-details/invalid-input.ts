import { DomainError, type InputError } from './domain-error.js';

/** 400: the input breaks a rule; `errors` names every place. */
export class InvalidInput extends DomainError {
  constructor(errors: readonly InputError[]) {
    super({
      code: 'invalid-input',
      status: 400,
      title: 'Invalid input',
      detail: errors
        .map(({ pointer, detail }) => `${pointer} ${detail}`)
        .slice(0, 3)
        .join('; '),
      errors,
    });
  }
}

/** @throws InvalidInput when there is any mistake */
export function assertValid(errors: readonly InputError[]): void {
  if (errors.length > 0) throw new InvalidInput(errors);
}
