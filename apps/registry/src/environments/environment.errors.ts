import { DomainError } from '#libs/problem-details/domain-error.js';

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
