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

/** 503: bcrypt did not end within its time limit. */
export class KeyCheckTooSlow extends DomainError {
  constructor() {
    super({
      code: 'key-check-too-slow',
      status: 503,
      title: 'API key check too slow',
      detail: 'The registry could not check or make the API key in time. Nothing was changed.',
      headers: { 'Retry-After': '60' },
    });
  }
}

/** 503: no thread could run bcrypt, for example because the process has no file descriptor left. */
export class KeyChecksUnavailable extends DomainError {
  constructor() {
    super({
      code: 'key-checks-unavailable',
      status: 503,
      title: 'API keys cannot be checked',
      detail: 'The registry cannot check or make API keys at the moment. Nothing was changed.',
      headers: { 'Retry-After': '5' },
    });
  }
}
