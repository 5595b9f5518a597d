import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { includesRole, type OperatorRole } from '../domain/operator.js';
import { headerValue } from '../http/header-value.js';
import { CredentialsRefused, RoleRequired } from './access.errors.js';
import { AdminKeyGuard } from './admin-key.guard.js';
import type { PendingAdmission } from './api-key.guard.js';
import type { OperatorCaller } from './caller.js';
import { ClientCertificates } from './client-certificates.js';
import { OperatorVerifier } from './operator-verifier.js';
import { HEADERS } from './security-schemes.js';

const OPERATOR_KEY = /^mcpop_[0-9a-f]{16}_[\w-]{43}$/;
const BEARER = /^Bearer +(mcpop_\S+)$/i;

/**
 * Admits operators: by a key of their own in `X-Admin-Key` or as a bearer token, or by `REGISTRY_ADMIN_KEY`; with
 * TLS_CLIENT_CA_FILE only on connections with a client certificate.
 */
@Injectable()
export class OperatorGuard {
  constructor(
    private readonly adminKey: AdminKeyGuard,
    private readonly verifier: OperatorVerifier,
    private readonly certificates: ClientCertificates,
  ) {}

  /** Whether the request has credentials of an operator, right or wrong. */
  isAddressedBy(request: FastifyRequest): boolean {
    return headerValue(request, HEADERS.adminKey) !== undefined || operatorKeyIn(request) !== undefined;
  }

  /** @throws CredentialsRefused, or RoleRequired when the operator's role is below `least` */
  admit(request: FastifyRequest, least: OperatorRole): PendingAdmission {
    return this.identify(request, (caller) => {
      if (!includesRole(caller.role, least)) throw new RoleRequired(caller, least);
      request.caller = caller;
    });
  }

  /** As {@link admit}, of any role, without making the caller the operator. */
  refuseWrong(request: FastifyRequest): PendingAdmission {
    return this.identify(request, () => undefined);
  }

  private identify(request: FastifyRequest, accept: (caller: OperatorCaller) => void): PendingAdmission {
    // Before the key: without a certificate nothing is told about it.
    if (this.certificates.isMissing(request)) {
      throw new CredentialsRefused({ reason: 'client-certificate-required' });
    }
    const key = operatorKeyIn(request);
    const known = key === undefined ? this.adminKey.identify(request) : this.verifier.cachedCaller(key);
    if (known !== undefined) {
      accept(known);
      return undefined;
    }
    return this.verify(key ?? '', accept);
  }

  private async verify(key: string, accept: (caller: OperatorCaller) => void): Promise<void> {
    const verification = await this.verifier.verify(key);
    if (!verification.accepted) {
      const { reason, operator } = verification;
      throw new CredentialsRefused({ reason, operator });
    }
    accept(verification.caller);
  }
}

/** `X-Admin-Key` wins over a bearer token. */
function operatorKeyIn(request: FastifyRequest): string | undefined {
  const adminKey = headerValue(request, HEADERS.adminKey);
  if (adminKey !== undefined) return OPERATOR_KEY.test(adminKey) ? adminKey : undefined;
  const [, bearer] = BEARER.exec(headerValue(request, 'authorization') ?? '') ?? [];
  return bearer;
}
