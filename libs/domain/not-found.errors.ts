import { DomainError } from '../problem-details/domain-error.js';

export class ApplicationNotFound extends DomainError {
  constructor(appKey: string) {
    super({
      code: 'application-not-found',
      status: 404,
      title: 'Application not found',
      detail: `There is no application '${appKey}'.`,
    });
  }
}

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
