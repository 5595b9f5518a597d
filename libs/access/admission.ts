import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import type { OperatorRole } from '../domain/operator.js';
import { headerValue } from '../http/header-value.js';
import type { AccessPolicy } from './access.decorator.js';
import { OtherApplication } from './access.errors.js';
import { ApiKeyGuard, type PendingAdmission } from './api-key.guard.js';
import { AppKeyGuard } from './app-key.guard.js';
import { callerOf } from './caller.js';
import { type NamedSubject, OperatorGuard } from './operator.guard.js';
import { DEFAULT_ENVIRONMENT, environmentInBody, requestedEnvironment } from './requested-environment.js';
import { HEADERS } from './security-schemes.js';

/** What a route asks of an application or of an operator. */
interface EitherAdmission {
  readonly askedFor: unknown;
  readonly environment: string | undefined;
  readonly named: NamedSubject;
  readonly least: OperatorRole;
}

/** Admits requests under an access policy: which credentials it needs, and where in the request they are. */
@Injectable()
export class Admission {
  constructor(
    private readonly config: AppConfig,
    private readonly operators: OperatorGuard,
    private readonly appKey: AppKeyGuard,
    private readonly apiKey: ApiKeyGuard,
  ) {}

  /**
   * Synchronous when the answer is cached: promises would be most of the cost of the most frequent requests.
   *
   * @throws CredentialsRefused, TooManyFailures, RoleRequired, OtherApplication, OtherEnvironment, or as
   *   {@link OperatorGuard.admit}
   */
  admit(policy: AccessPolicy, request: FastifyRequest): PendingAdmission {
    switch (policy) {
      case 'public':
        return undefined;
      case 'application':
        return this.admitApplication(request);
      case 'application-or-editor':
        return this.admitEither(request, {
          askedFor: appKeyIn(request.params),
          environment: headerValue(request, HEADERS.environment),
          named: subjectIn(request),
          least: 'editor',
        });
      case 'discovery':
        if (!this.config.endpointsRequireKey) return undefined;
        return this.admitEither(request, {
          askedFor: appKeyIn(request.query),
          environment: requestedEnvironment(request),
          named: { appKey: appKeyIn(request.query), environment: requestedEnvironment(request) },
          least: 'agent',
        });
      case 'agents':
        if (this.config.mcp.access === 'public') return undefined;
        return this.admitEither(request, {
          askedFor: undefined,
          environment: headerValue(request, HEADERS.environment),
          named: {},
          least: 'agent',
        });
      case 'unbound-admin':
        return this.operators.admitUnbound(request);
      default:
        return this.operators.admit(request, policy, subjectIn(request));
    }
  }

  private admitApplication(request: FastifyRequest): PendingAdmission {
    const admit = (): PendingAdmission => {
      this.appKey.refuseMissing(request);
      const environment = headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT;
      return this.apiKey.admit(request, undefined, environment);
    };
    if (!this.operators.isAddressedBy(request)) return admit();
    // A wrong key of an operator is refused wherever it is sent.
    const refusal = this.operators.refuseWrong(request);
    return refusal === undefined ? admit() : refusal.then(admit);
  }

  /** A request with an operator's key is the operator's, and is never admitted as an application instead. */
  private admitEither(
    request: FastifyRequest,
    { askedFor, environment, named, least }: EitherAdmission,
  ): PendingAdmission {
    if (this.operators.isAddressedBy(request)) return this.operators.admit(request, least, named);
    this.appKey.refuseMissing(request);
    const admission = this.apiKey.admit(request, environment);
    if (admission === undefined) {
      refuseOther(request, askedFor);
      return undefined;
    }
    return admission.then(() => {
      refuseOther(request, askedFor);
    });
  }

  /** Checks again what may have changed while the body arrived. Reads have no body to wait for. */
  admitAgain(policy: AccessPolicy, request: FastifyRequest): PendingAdmission {
    if (callerOf(request).kind !== 'application') return undefined;
    switch (policy) {
      case 'application':
        // A key that was imported into several environments counts for the one in the body, which is known only now.
        return this.apiKey.admit(request, undefined, environmentInBody(request));
      case 'application-or-editor':
      case 'agents':
        return this.admit(policy, request);
      default:
        return undefined;
    }
  }
}

/** A missing app key is invalid input, which the route reports. */
function refuseOther({ caller }: FastifyRequest, askedFor: unknown): void {
  if (askedFor !== undefined && caller?.kind === 'application' && caller.appKey !== askedFor) {
    throw new OtherApplication(caller.appKey);
  }
}

function subjectIn({ params }: FastifyRequest): NamedSubject {
  const { app_key: appKey, environment } = params as Readonly<Record<string, unknown>>;
  return { appKey, environment };
}

function appKeyIn(values: unknown): unknown {
  return (values as { app_key?: unknown }).app_key;
}
