import { DomainError } from '#libs/problem-details/domain-error.js';

/** 403: what begins or ends sessions is for pages of this origin. */
export class NotFromOwnPage extends DomainError {
  constructor() {
    super({
      code: 'not-from-own-page',
      status: 403,
      title: 'Not from a page of the registry',
      detail:
        'Sessions are for pages of the registry itself: send X-Registry-Console: 1, from the same origin.',
    });
  }
}

/** 403: a session must not bring forth other sessions, which would outlive it. */
export class KeyRequired extends DomainError {
  constructor() {
    super({
      code: 'key-required',
      status: 403,
      title: 'Key required',
      detail: 'A sign-in code is given for a key, in X-Admin-Key or as a bearer token, not for a session.',
    });
  }
}

/** 429: too many attempts to sign in, from a network or altogether. */
export class TooManySignIns extends DomainError {
  constructor(retryAfterSeconds: number) {
    super({
      code: 'too-many-sign-ins',
      status: 429,
      title: 'Too many attempts to sign in',
      detail: `Too many attempts to sign in. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }
}

export class SessionNotFound extends DomainError {
  constructor(id: string) {
    super({
      code: 'session-not-found',
      status: 404,
      title: 'Session not found',
      detail: `The operator has no session with the id '${id}'.`,
    });
  }
}
