import { DomainError } from '#libs/problem-details/domain-error.js';

const RETRY_SECONDS = 30;

/** 503: this process follows changes for as many clients as it may. */
export class TooManyStreams extends DomainError {
  constructor(max: number) {
    super({
      code: 'too-many-streams',
      status: 503,
      title: 'Too many event streams',
      detail: `${max} event streams are open, which is all that is allowed at once. Try again in ${RETRY_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_SECONDS) },
    });
  }
}
