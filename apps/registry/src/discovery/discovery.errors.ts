import { DomainError } from '#libs/problem-details/domain-error.js';

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

/** 422: the endpoints can be read by `GET /endpoints`, but not as an OpenAPI document. */
export class DocumentTooLarge extends DomainError {
  constructor(maxBytes: number) {
    super({
      code: 'document-too-large',
      status: 422,
      title: 'Document too large',
      detail: `The OpenAPI document would have more than ${maxBytes} bytes, or take too much memory or time to write. GET /endpoints answers what is registered.`,
    });
  }
}
