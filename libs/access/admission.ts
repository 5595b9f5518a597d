import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppKeyAliases } from '../app-keys/app-key-aliases.js';
import { AppConfig } from '../config/app-config.js';
import type { OperatorRole } from '../domain/operator.js';
import { headerValue } from '../http/header-value.js';
import type { AccessPolicy } from './access.decorator.js';
import { OtherApplication } from './access.errors.js';
import { ApiKeyGuard, type PendingAdmission } from './api-key.guard.js';
import { AppKeyGuard } from './app-key.guard.js';
import { callerOf } from './caller.js';
import { type NamedSubject, OperatorGuard } from './operator.guard.js';
import { afterwards, RequestedAppKeys } from './requested-app-keys.js';
import { DEFAULT_ENVIRONMENT, environmentInBody, requestedEnvironment } from './requested-environment.js';
import { HEADERS } from './security-schemes.js';

/** What a route asks of an application or of an operator. */
interface EitherAdmission {
  readonly environment: string | undefined;
  readonly subjectOf: (request: FastifyRequest) => NamedSubject;
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
    private readonly names: RequestedAppKeys,
    private readonly aliases: AppKeyAliases,
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
          environment: headerValue(request, HEADERS.environment),
          subjectOf: subjectInPath,
          least: 'editor',
        });
      case 'discovery':
        if (!this.config.endpointsRequireKey) return this.names.resolve(request);
        return this.admitEither(request, {
          environment: requestedEnvironment(request),
          subjectOf: subjectInQuery,
          least: 'agent',
        });
      case 'agents':
        if (this.config.mcp.access === 'public') return undefined;
        return this.admitEither(request, {
          environment: headerValue(request, HEADERS.environment),
          subjectOf: () => ({}),
          least: 'agent',
        });
      case 'unbound-admin':
        return this.operators.admitUnbound(request);
      default:
        return this.operators.admit(request, policy, subjectInPath);
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
    { environment, subjectOf, least }: EitherAdmission,
  ): PendingAdmission {
    if (this.operators.isAddressedBy(request)) return this.operators.admit(request, least, subjectOf);
    this.appKey.refuseMissing(request);
    return afterwards(this.apiKey.admit(request, environment), () =>
      afterwards(this.names.resolve(request), () => this.refuseOther(request, subjectOf(request).appKey)),
    );
  }

  /** A missing app key is invalid input, which the route reports. */
  private refuseOther({ caller }: FastifyRequest, askedFor: unknown): PendingAdmission {
    if (askedFor === undefined || caller?.kind !== 'application' || caller.appKey === askedFor)
      return undefined;
    if (typeof askedFor !== 'string') throw new OtherApplication(caller.appKey);
    // What is in memory of the two may differ for as long as a rename takes to be told.
    return this.aliases.isOf(askedFor, caller).then((isOwn) => {
      if (!isOwn) throw new OtherApplication(caller.appKey);
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

function subjectInPath({ params }: FastifyRequest): NamedSubject {
  const { app_key: appKey, environment } = params as Readonly<Record<string, unknown>>;
  return { appKey, environment };
}

function subjectInQuery(request: FastifyRequest): NamedSubject {
  const { app_key: appKey } = request.query as Readonly<Record<string, unknown>>;
  return { appKey, environment: requestedEnvironment(request) };
}
