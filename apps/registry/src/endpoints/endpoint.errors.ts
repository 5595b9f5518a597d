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

/** 403: what the application has registered takes as much as it may. */
export class StorageQuotaExceeded extends DomainError {
  constructor(bytes: number, max: number) {
    super({
      code: 'storage-quota-exceeded',
      status: 403,
      title: 'Quota of the application exceeded',
      detail: `With this batch the endpoints of the application would take ${bytes} bytes in the database; it may use ${max} (APP_MAX_STORED_BYTES). Nothing was changed.`,
    });
  }
}
