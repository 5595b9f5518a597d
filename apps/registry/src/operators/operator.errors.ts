import { DomainError } from '#libs/problem-details/domain-error.js';

export class OperatorNotFound extends DomainError {
  constructor(name: string) {
    super({
      code: 'operator-not-found',
      status: 404,
      title: 'Operator not found',
      detail: `There is no operator with the name '${name}'.`,
    });
  }
}

export class OperatorNameTaken extends DomainError {
  constructor(name: string) {
    super({
      code: 'operator-name-taken',
      status: 409,
      title: 'Operator name taken',
      detail: `There is an operator with the name '${name}' already.`,
    });
  }
}

export class OperatorKeyNotFound extends DomainError {
  constructor(id: string) {
    super({
      code: 'operator-key-not-found',
      status: 404,
      title: 'Operator key not found',
      detail: `The operator has no key with the id '${id}'.`,
    });
  }
}

export class OperatorKeyNotUsable extends DomainError {
  constructor(id: string) {
    super({
      code: 'operator-key-not-usable',
      status: 409,
      title: 'Operator key not usable',
      detail: `The key '${id}' is revoked or expired and cannot be rotated. Issue a new one.`,
    });
  }
}
