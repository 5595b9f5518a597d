import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { DomainError } from '../problem-details/domain-error.js';

/** 503: the database does not answer; the client may try again. */
export class DatabaseUnavailable extends DomainError {
  constructor() {
    super({
      code: 'database-unavailable',
      status: 503,
      title: 'Database unavailable',
      detail: 'The registry cannot reach its database at the moment. Nothing was changed.',
      headers: { 'Retry-After': '5' },
    });
  }
}

/** 503: the connection broke while the transaction was being committed: only the database knows the outcome. */
export class CommitUncertain extends DomainError {
  constructor() {
    super({
      code: 'commit-uncertain',
      status: 503,
      title: 'Outcome unknown',
      detail:
        'The registry lost its database while the change was being committed. It was made whole or not at all: look before you try again.',
      headers: { 'Retry-After': '5' },
    });
  }
}

/** 503: the statement was cancelled, by its time limit or by an operator. */
export class DatabaseTooSlow extends DomainError {
  constructor() {
    super({
      code: 'database-too-slow',
      status: 503,
      title: 'Database too slow',
      detail: 'The database took too long, and the request was given up. Nothing was changed.',
      headers: { 'Retry-After': '5' },
    });
  }
}

/** 503: the database reads but does not write: its disk is full, or it is a standby or otherwise read-only. */
class DatabaseNotWritable extends DomainError {
  constructor() {
    super({
      code: 'database-not-writable',
      status: 503,
      title: 'Database takes no changes',
      detail: 'The database of the registry cannot store anything at the moment. Nothing was changed.',
      headers: { 'Retry-After': '30' },
    });
  }
}

/** 503: PostgreSQL ended the transaction in favour of another one; the client may try again at once. */
export class TransactionConflict extends DomainError {
  constructor() {
    super({
      code: 'transaction-conflict',
      status: 503,
      title: 'Conflicting changes',
      detail: 'The change collided with another one and was undone. Try again.',
      headers: { 'Retry-After': '1' },
    });
  }
}

/** 400: text that no database encoding can hold. */
class UnstorableText extends DomainError {
  constructor() {
    super({
      code: 'invalid-input',
      status: 400,
      title: 'Invalid input',
      detail: 'The request holds text that cannot be stored, such as the character U+0000.',
    });
  }
}

/**
 * Error classes and codes of PostgreSQL (appendix A of its manual) and of the network below it. Class XX, internal
 * errors and corrupted data, is left out on purpose: a retry does not help, and a 500 alerts the operator.
 */
const UNAVAILABLE_SQLSTATE = /^(08|28|3D|53|57P0|58|25P0[34]$)/;
/** What a server answers that is no primary, or no longer. */
export const READ_ONLY_SQLSTATE = '25006';
const NOT_WRITABLE_SQLSTATE = new RegExp(`^(${READ_ONLY_SQLSTATE}|53100)$`);
const CONFLICT_SQLSTATE = /^(40001|40P01|55P03)$/;
const CANCELLED_SQLSTATE = /^57014$/;
const UNSTORABLE_SQLSTATE = /^(22021|22P05)$/;
const UNAVAILABLE_NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** What OpenSSL and Node.js say of certificates and of who cannot speak TLS. */
const UNAVAILABLE_TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
const UNAVAILABLE_MESSAGE =
  /server does not support SSL|Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Driver not Connected|Cannot use a pool after calling end/i;

/** Translates database errors for clients; `undefined` for our own mistakes. */
export function translateDatabaseError(error: unknown): DomainError | undefined {
  const code = codeOf(error);
  if (UNSTORABLE_SQLSTATE.test(code)) return new UnstorableText();
  if (CONFLICT_SQLSTATE.test(code)) return new TransactionConflict();
  if (CANCELLED_SQLSTATE.test(code)) return new DatabaseTooSlow();
  if (NOT_WRITABLE_SQLSTATE.test(code) && severityOf(error) !== 'FATAL') return new DatabaseNotWritable();
  if (isConnectionLoss(error)) return new DatabaseUnavailable();
  return undefined;
}

function isConnectionLoss(error: unknown): boolean {
  // What TypeORM says when the connection broke between two statements of a transaction.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const code = codeOf(error);
  if (/^[0-9A-Z]{5}$/.test(code) && UNAVAILABLE_SQLSTATE.test(code)) return true;
  if (UNAVAILABLE_NETWORK.test(code) || UNAVAILABLE_TLS.test(code)) return true;
  if (severityOf(error) === 'FATAL') return true;
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && UNAVAILABLE_MESSAGE.test(message);
}

/** Gives the error of `failure` in place of the violation of the named constraint; other errors pass. */
export function onConstraint(constraint: string, failure: () => DomainError): (error: unknown) => never {
  return (error) => {
    if (error instanceof QueryFailedError && violatedConstraint(error) === constraint) throw failure();
    throw error;
  };
}

function violatedConstraint(error: { driverError: unknown }): unknown {
  return (error.driverError as { constraint?: unknown }).constraint;
}

function codeOf(error: unknown): string {
  const { code } = driverErrorOf(error);
  return typeof code === 'string' ? code : '';
}

/** `FATAL`: PostgreSQL said it on closing the connection, or instead of opening it. */
function severityOf(error: unknown): unknown {
  return driverErrorOf(error).severity;
}

function driverErrorOf(error: unknown): { code?: unknown; severity?: unknown } {
  const source: unknown = error instanceof QueryFailedError ? (error.driverError as unknown) : error;
  return source ?? {};
}
