import { DomainError } from '#libs/problem-details/domain-error.js';

/** 503: more searches wait for their turn than would be answered in a second. */
export class TooManySearches extends DomainError {
  constructor() {
    super({
      code: 'too-many-searches',
      status: 503,
      title: 'Too many searches',
      detail: 'Too many searches wait for their turn. Try again in a second.',
      headers: { 'Retry-After': '1' },
    });
  }
}

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
