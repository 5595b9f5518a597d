import { DomainError } from '../problem-details/domain-error.js';

/** Of the value of `If-Match`: room for some forty tags of this service. */
export const MAX_IF_MATCH_LENGTH = 2048;

/** 412: the resource is not in the state that the request demands; nothing was changed. */
export class PreconditionFailed extends DomainError {
  /** @param current the entity tag of the resource as it is */
  constructor(current: string) {
    super({
      code: 'precondition-failed',
      status: 412,
      title: 'Precondition failed',
      detail: `No tag in If-Match is the current one, ${current}: read again what is to be changed. A weak tag (W/) never matches.`,
      headers: { ETag: current },
    });
  }
}

/** 400: the request makes a demand that cannot be read. */
export class InvalidIfMatch extends DomainError {
  constructor() {
    super({
      code: 'invalid-if-match',
      status: 400,
      title: 'Invalid If-Match',
      detail: `If-Match must be * or entity tags in double quotes, separated by commas, of at most ${MAX_IF_MATCH_LENGTH} characters.`,
    });
  }
}
