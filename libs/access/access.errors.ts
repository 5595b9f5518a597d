import { DomainError } from '../problem-details/domain-error.js';

/** Why credentials were refused: for the log and the audit trail only, never for the caller. */
export type RefusalReason =
  | 'missing-credentials'
  | 'wrong-admin-key'
  | 'unknown-api-key'
  | 'wrong-api-key'
  | 'wrong-application'
  | 'wrong-environment'
  | 'revoked-api-key'
  | 'expired-api-key'
  | 'inactive-application'
  | 'inactive-environment'
  /** Not looked at any more: see {@link TooManyFailures}. */
  | 'too-many-failures';

/** What the refused caller claimed to be. */
export interface RefusedClaim {
  readonly reason: RefusalReason;
  readonly appKey?: string;
  readonly environment?: string;
  /** The key that was recognised, though not accepted. */
  readonly apiKeyId?: string;
}

/** 401: one answer for every reason, so that nothing tells an outsider which it was. */
export class CredentialsRefused extends DomainError {
  constructor(readonly claim: RefusedClaim) {
    super({
      code: 'credentials-refused',
      status: 401,
      title: 'Credentials refused',
      detail: 'This route needs valid credentials: see the security schemes in /openapi.json.',
      headers: { 'WWW-Authenticate': 'ApiKey' },
    });
  }
}

/** 429: so many keys from the same network were wrong for the application it claims that no more are looked at. */
export class TooManyFailures extends DomainError {
  readonly claim: RefusedClaim;

  constructor({ appKey, environment }: Omit<RefusedClaim, 'reason'>, retryAfterSeconds: number) {
    super({
      code: 'too-many-failures',
      status: 429,
      title: 'Too many failed attempts',
      detail: `Too many wrong API keys came from your network for this application. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
    this.claim = { reason: 'too-many-failures', appKey, environment };
  }
}

/** 403: valid credentials, but for another application. */
export class OtherApplication extends DomainError {
  constructor(appKey: string) {
    super({
      code: 'other-application',
      status: 403,
      title: 'Not your application',
      detail: `The credentials are those of '${appKey}' and open nothing of another application.`,
    });
  }
}
