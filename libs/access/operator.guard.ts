import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApplicationNotFound, EnvironmentNotFound } from '../domain/not-found.errors.js';
import { includesRole, type OperatorRole } from '../domain/operator.js';
import { headerValue } from '../http/header-value.js';
import { CredentialsRefused, OutsideBindings, RoleRequired } from './access.errors.js';
import { AdminKeyGuard } from './admin-key.guard.js';
import type { PendingAdmission } from './api-key.guard.js';
import type { OperatorCaller } from './caller.js';
import { ClientCertificates } from './client-certificates.js';
import { OperatorVerifier } from './operator-verifier.js';
import { afterwards, RequestedAppKeys } from './requested-app-keys.js';
import { HEADERS } from './security-schemes.js';
import { sessionTokenIn } from './session-cookie.js';
import { SessionVerifier } from './session-verifier.js';

const OPERATOR_KEY = /^mcpop_[0-9a-f]{16}_[\w-]{43}$/;
/** What a request names before its body, as it was received. */
export interface NamedSubject {
  readonly appKey?: unknown;
  readonly environment?: unknown;
}

const BEARER = /^Bearer +(mcpop_\S+)$/i;

/**
 * Admits operators: by a key of their own in `X-Admin-Key` or as a bearer token, by `REGISTRY_ADMIN_KEY`, or by a session;
 * with TLS_CLIENT_CA_FILE only on connections with a client certificate.
 */
@Injectable()
export class OperatorGuard {
  constructor(
    private readonly adminKey: AdminKeyGuard,
    private readonly keys: OperatorVerifier,
    private readonly sessions: SessionVerifier,
    private readonly certificates: ClientCertificates,
    private readonly names: RequestedAppKeys,
  ) {}

  /** Whether the request has credentials of an operator, right or wrong. */
  isAddressedBy(request: FastifyRequest): boolean {
    return (
      headerValue(request, HEADERS.adminKey) !== undefined ||
      operatorKeyIn(request) !== undefined ||
      sessionIn(request) !== undefined
    );
  }

  /**
   * @param subjectOf gives what the request names, former app keys resolved
   * @throws CredentialsRefused; RoleRequired when the operator's role is below `least`; ApplicationNotFound or
   *   EnvironmentNotFound when the request names one that the operator is not bound to
   */
  admit(
    request: FastifyRequest,
    least: OperatorRole,
    subjectOf: (request: FastifyRequest) => NamedSubject = () => ({}),
  ): PendingAdmission {
    return this.identify(request, (caller) => {
      if (!includesRole(caller.role, least)) throw new RoleRequired(caller, least);
      return afterwards(this.names.resolve(request), () => {
        refuseOutside(caller, subjectOf(request));
        request.caller = caller;
        return undefined;
      });
    });
  }

  /** As {@link admit} an admin. @throws OutsideBindings when the operator is bound to a part of the registry */
  admitUnbound(request: FastifyRequest): PendingAdmission {
    return this.identify(request, (caller) => {
      if (!includesRole(caller.role, 'admin')) throw new RoleRequired(caller, 'admin');
      if (!caller.bindings.areNone) throw new OutsideBindings(caller);
      request.caller = caller;
      return undefined;
    });
  }

  /** As {@link admit}, of any role, without making the caller the operator. */
  refuseWrong(request: FastifyRequest): PendingAdmission {
    return this.identify(request, () => undefined);
  }

  /**
   * Judges the operator of a request that is still being answered: as {@link admit}, without counting as a use of the session.
   */
  admitStill(request: FastifyRequest, least: OperatorRole): PendingAdmission {
    const sessions: Verifier = {
      cachedCaller: () => undefined,
      verify: (token) => this.sessions.stillAccepts(token),
    };
    return this.identify(
      request,
      (caller) => {
        if (!includesRole(caller.role, least)) throw new RoleRequired(caller, least);
        request.caller = caller;
        return undefined;
      },
      sessions,
    );
  }

  private identify(
    request: FastifyRequest,
    accept: (caller: OperatorCaller) => PendingAdmission,
    sessions: Verifier = this.sessions,
  ): PendingAdmission {
    // Before the key: without a certificate nothing is told about it.
    if (this.certificates.isMissing(request)) {
      throw new CredentialsRefused({ reason: 'client-certificate-required' });
    }
    const key = operatorKeyIn(request);
    if (key !== undefined) return admitBy(this.keys, key, accept);
    const session = sessionIn(request);
    if (session !== undefined) return admitBy(sessions, session, accept);
    return accept(this.adminKey.identify(request));
  }
}

/** What the verifiers of keys and sessions have in common. */
type Verifier = Pick<OperatorVerifier, 'cachedCaller' | 'verify'>;

/** Synchronous when the answer is cached. */
function admitBy(
  verifier: Verifier,
  credential: string,
  accept: (caller: OperatorCaller) => PendingAdmission,
): PendingAdmission {
  const known = verifier.cachedCaller(credential);
  if (known !== undefined) return accept(known);
  return verifier.verify(credential).then((verification) => {
    if (!verification.accepted) {
      const { reason, operator } = verification;
      throw new CredentialsRefused({ reason, operator });
    }
    return accept(verification.caller);
  });
}

/** The session of a request; a key in a header wins over it. */
function sessionIn(request: FastifyRequest): string | undefined {
  const keys = [HEADERS.adminKey, HEADERS.appKey, HEADERS.apiKey];
  if (keys.some((name) => headerValue(request, name) !== undefined)) return undefined;
  return sessionTokenIn(request);
}

function refuseOutside({ bindings }: OperatorCaller, { appKey, environment }: NamedSubject): void {
  if (typeof appKey !== 'string') return;
  if (!bindings.includesApplication(appKey)) throw new ApplicationNotFound(appKey);
  if (typeof environment === 'string' && !bindings.includesEnvironment(environment)) {
    throw new EnvironmentNotFound(appKey, environment);
  }
}

/** `X-Admin-Key` wins over a bearer token. */
function operatorKeyIn(request: FastifyRequest): string | undefined {
  const adminKey = headerValue(request, HEADERS.adminKey);
  if (adminKey !== undefined) return OPERATOR_KEY.test(adminKey) ? adminKey : undefined;
  const [, bearer] = BEARER.exec(headerValue(request, 'authorization') ?? '') ?? [];
  return bearer;
}
