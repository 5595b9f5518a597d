import { isDeepStrictEqual } from 'node:util';
import { expect } from '../../support/jest.js';

/** A request as a client sends it, byte for byte, and what the client reads of the answer. */
export interface RecordedExchange {
  readonly step: string;
  /** Method and path; in it, in headers and in the body `{{name}}` stands for a value that an earlier answer gave. */
  readonly request: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Response headers that it reads, in lower case. */
  readonly readsHeaders?: Readonly<Record<string, unknown>>;
  /** The fields that it reads, with their values: others may be there, but no other elements of a list. */
  readonly reads?: object;
  /** What is nowhere in the answer. */
  readonly without?: readonly string[];
  /** Values that later requests send, by the names that these use. */
  readonly keeps?: (answer: never) => Readonly<Record<string, string>>;
}

/** What a client and the registry say to each other, in order. */
export interface Recording {
  readonly client: string;
  readonly exchanges: readonly RecordedExchange[];
}

const matcher = (matches: (value: unknown) => boolean, description: string): unknown => ({
  $$typeof: Symbol.for('jest.asymmetricMatcher'),
  asymmetricMatch: matches,
  toString: () => description,
  toAsymmetricMatcher: () => description,
});

/** A value that is read whole: exactly this, without further fields. */
export const whole = (value: unknown): unknown =>
  matcher((actual) => isDeepStrictEqual(actual, value), `exactly ${JSON.stringify(value)}`);

export const TEXT: unknown = expect.any(String);
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** Seconds, with or without a fraction. */
export const SECONDS: unknown = expect.any(Number);
