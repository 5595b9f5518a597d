import type { OperatorRole } from '../domain/operator.js';
import { DomainError } from '../problem-details/domain-error.js';
import type { KnownOperator, OperatorCaller } from './caller.js';

/** Why credentials were refused: for the log and the audit trail, not for a caller who has proved nothing. */
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
  | 'too-many-failures'
  | 'unknown-operator-key'
  | 'wrong-operator-key'
  | 'revoked-operator-key'
  | 'expired-operator-key'
  | 'inactive-operator'
  /** TLS_CLIENT_CA_FILE asks operators for a certificate; their key was not looked at. */
  | 'client-certificate-required'
  | 'insufficient-role'
  | 'outside-bindings'
  | 'unknown-session'
  | 'expired-session'
  | 'idle-session'
  | 'unknown-sign-in-code';

/** What the refused caller claimed to be. */
export interface RefusedClaim {
  readonly reason: RefusalReason;
  readonly appKey?: string;
  readonly environment?: string;
  /** The key that was recognised, though not accepted. */
  readonly apiKeyId?: string;
  /** The operator who was recognised, though not accepted. */
  readonly operator?: KnownOperator;
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

/** 403: an operator whose role does not reach as far. */
export class RoleRequired extends DomainError {
  readonly claim: RefusedClaim;

  constructor({ operatorId, operatorName, role }: OperatorCaller, least: OperatorRole) {
    super({
      code: 'role-required',
      status: 403,
      title: 'Role required',
      detail: `This needs the role ${least}; the operator '${operatorName}' has the role ${role}.`,
    });
    this.claim = {
      reason: 'insufficient-role',
      ...(operatorId !== null && { operator: { id: operatorId, name: operatorName } }),
    };
  }
}

/** 403: an operator who is bound to a part of the registry, and asked to change more than that. */
export class OutsideBindings extends DomainError {
  readonly claim: RefusedClaim;

  constructor({ operatorId, operatorName, bindings }: OperatorCaller) {
    super({
      code: 'outside-bindings',
      status: 403,
      title: 'Outside the bindings',
      detail: `The operator '${operatorName}' is bound to ${bindings.toString()}; this concerns more.`,
    });
    this.claim = {
      reason: 'outside-bindings',
      ...(operatorId !== null && { operator: { id: operatorId, name: operatorName } }),
    };
  }
}

/** 429: the network has sent too many wrong keys for the claimed application; no more are checked. */
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

/** 403: a proven API key, but of another environment than the request means. */
export class OtherEnvironment extends DomainError {
  readonly claim: RefusedClaim;

  constructor(keyEnvironment: string, claim: Omit<RefusedClaim, 'reason'>) {
    super({
      code: 'other-environment',
      status: 403,
      title: 'Forbidden environment',
      detail: `The API key is for the environment '${keyEnvironment}', which is not the one that the request means.`,
    });
    this.claim = { reason: 'wrong-environment', ...claim };
  }
}

/** 403: valid credentials, but for another application. */
export class OtherApplication extends DomainError {
  constructor(appKey: string) {
    super({
      code: 'other-application',
      status: 403,
      title: 'Forbidden application',
      detail: `The credentials are those of '${appKey}' and open nothing of another application.`,
    });
  }
}
