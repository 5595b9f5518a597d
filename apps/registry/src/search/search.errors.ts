import { DomainError } from '#libs/problem-details/domain-error.js';

/** 503: the service has just started and reads what it will search. */
export class SearchNotReady extends DomainError {
  constructor() {
    super({
      code: 'search-not-ready',
      status: 503,
      title: 'Search not ready',
      detail: 'The registry is reading the endpoints that it will search. Try again in a few seconds.',
      headers: { 'Retry-After': '2' },
    });
  }
}
