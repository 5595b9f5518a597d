import { DomainError } from '#libs/problem-details/domain-error.js';

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
