import { DomainError } from '#libs/problem-details/domain-error.js';

export class AppKeyTaken extends DomainError {
  constructor(appKey: string) {
    super({
      code: 'app-key-taken',
      status: 409,
      title: 'App key taken',
      detail: `The app key '${appKey}' belongs to another application.`,
    });
  }
}

export class AppKeyIsAlias extends DomainError {
  constructor(appKey: string) {
    super({
      code: 'app-key-is-alias',
      status: 409,
      title: 'App key is an alias',
      detail: `The app key '${appKey}' is a former one of another application, which still answers to it.`,
    });
  }
}

export class TooManyAliases extends DomainError {
  constructor(most: number) {
    super({
      code: 'too-many-aliases',
      status: 409,
      title: 'Too many aliases',
      detail: `The application answers to ${most} former app keys, and to no more: rename it with gracePeriodSeconds 0, or once one has expired.`,
    });
  }
}

export class EnvironmentMayNotUpdate extends DomainError {
  constructor(environment: string, allowed: readonly string[]) {
    super({
      code: 'environment-may-not-update',
      status: 403,
      title: 'Key of an environment that may not change the application',
      detail: `The API key is of the environment '${environment}'; only keys of ${allowed.join(', ')} change an application.`,
    });
  }
}

export class FieldIsForOperators extends DomainError {
  constructor(field: string) {
    super({
      code: 'field-is-for-operators',
      status: 403,
      title: 'Field is for operators',
      detail: `Only an operator, with X-Admin-Key, changes the ${field} of an application.`,
    });
  }
}
