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
  | 'inactive-environment';

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
