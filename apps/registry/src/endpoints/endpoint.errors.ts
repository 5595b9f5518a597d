import { DomainError } from '#libs/problem-details/domain-error.js';

export class TooManyEndpoints extends DomainError {
  constructor(count: number, max: number) {
    super({
      code: 'too-many-endpoints',
      status: 413,
      title: 'Too many endpoints',
      detail: `The batch has ${count} endpoints; allowed are ${max} (BATCH_MAX_ENDPOINTS).`,
    });
  }
}
