import { DomainError } from '#libs/problem-details/domain-error.js';

export class EnvironmentNotFound extends DomainError {
  constructor(appKey: string, environment: string) {
    super({
      code: 'environment-not-found',
      status: 404,
      title: 'Environment not found',
      detail: `The application '${appKey}' has no environment '${environment}'.`,
    });
  }
}

export class EnvironmentExists extends DomainError {
  constructor(environment: string) {
    super({
      code: 'environment-exists',
      status: 409,
      title: 'Environment exists',
      detail: `The application already has an environment '${environment}'.`,
    });
  }
}
