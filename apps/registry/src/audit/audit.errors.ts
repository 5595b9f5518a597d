import { DomainError } from '#libs/problem-details/domain-error.js';

/** 429: the application's changes have filled its share of the audit trail for this hour. */
export class AuditQuotaExceeded extends DomainError {
  constructor(maxBytes: number, retryAfterSeconds: number) {
    super({
      code: 'audit-quota-exceeded',
      status: 429,
      title: 'Too many changes',
      detail: `The changes of this application have filled the ${maxBytes} bytes of the audit trail that it may use in an hour. Nothing was changed. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }
}
