import { DomainError } from '#libs/problem-details/domain-error.js';

export class ApiKeyNotFound extends DomainError {
  constructor(id: string) {
    super({
      code: 'api-key-not-found',
      status: 404,
      title: 'API key not found',
      detail: `The environment has no API key with the id '${id}'.`,
    });
  }
}

export class ApiKeyNotUsable extends DomainError {
  constructor(id: string) {
    super({
      code: 'api-key-not-usable',
      status: 409,
      title: 'API key not usable',
      detail: `The API key '${id}' is revoked or expired and cannot be rotated. Issue a new one.`,
    });
  }
}

/** 503: bcrypt takes its time, and too many wait for it already. */
export class TooManyKeyChecks extends DomainError {
  constructor() {
    super({
      code: 'too-many-key-checks',
      status: 503,
      title: 'Too many API keys to check',
      detail: 'The registry has more API keys to check or to make than it can at once. Nothing was changed.',
      headers: { 'Retry-After': '2' },
    });
  }
}
