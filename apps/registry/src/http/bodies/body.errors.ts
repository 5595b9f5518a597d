import { DomainError } from '#libs/problem-details/domain-error.js';

/** Which setting bounds a body, as a refusal says it. */
export interface BodyLimit {
  readonly bytes: number;
  readonly setting: string;
}

export class BodyTooLarge extends DomainError {
  /** @param length of the body; undefined where it was not announced */
  constructor(length: number | undefined, { bytes, setting }: BodyLimit) {
    super({
      code: 'body-too-large',
      status: 413,
      title: 'Body too large',
      detail: `The body has ${length ?? `more than ${bytes}`} bytes; allowed are ${bytes} (${setting}).`,
    });
  }
}

/** 413: the thread that reads large bodies ran out of memory over this one. */
export class BodyTooComplex extends DomainError {
  constructor() {
    super({
      code: 'body-too-complex',
      status: 413,
      title: 'Body too complex',
      detail:
        'Reading the body took more memory than is allowed. Register fewer or simpler endpoints at once.',
    });
  }
}

/** 408: a body stalled while others waited for the memory it holds. */
export class BodyTooSlow extends DomainError {
  constructor(bytes: number, seconds: number) {
    super({
      code: 'body-too-slow',
      status: 408,
      title: 'Body too slow',
      detail: `Less than ${bytes} bytes of the body came in ${seconds} s while other requests waited for its memory.`,
    });
  }
}

const RETRY_SECONDS = 5;

/** 429: the bodies of one application hold all the memory it may. */
export class TooManyBodies extends DomainError {
  constructor(share: number) {
    super({
      code: 'too-many-bodies',
      status: 429,
      title: 'Too many bodies at once',
      detail: `Bodies of this application hold the ${share} bytes it may hold at once (half of BODIES_MAX_BYTES). Nothing was changed; try again in ${RETRY_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_SECONDS) },
    });
  }
}

/** 503: the bodies of all requests hold all the memory they may. */
export class NoRoomForBody extends DomainError {
  constructor(total: number) {
    super({
      code: 'no-room-for-body',
      status: 503,
      title: 'No room for the body',
      detail: `Bodies of other requests hold the ${total} bytes that are allowed at once (BODIES_MAX_BYTES). Nothing was changed; try again in ${RETRY_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_SECONDS) },
    });
  }
}
