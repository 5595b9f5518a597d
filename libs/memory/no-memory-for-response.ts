import { DomainError } from '../problem-details/domain-error.js';

const RETRY_SECONDS = 5;

/** 503: other large answers take all the memory that there is for making them. */
export class NoMemoryForResponse extends DomainError {
  constructor() {
    super({
      code: 'no-room-for-answer',
      status: 503,
      title: 'No room for the answer',
      detail: `Other large answers take all the memory that is allowed for making them. Try again in ${RETRY_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_SECONDS) },
    });
  }
}
