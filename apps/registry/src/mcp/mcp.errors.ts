import { DomainError } from '#libs/problem-details/domain-error.js';

/** 403: a page of another origin asks, perhaps without the knowledge of its visitor. */
export class OriginNotAllowed extends DomainError {
  constructor() {
    super({
      code: 'origin-not-allowed',
      status: 403,
      title: 'Origin not allowed',
      detail:
        'Pages may only call this route from the origins that CORS_ORIGINS names, or from its own under a name of ALLOWED_HOSTS.',
    });
  }
}
