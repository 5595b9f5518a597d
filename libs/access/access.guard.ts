import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { type AccessPolicy, AccessPolicyOf } from './access.decorator.js';
import { CredentialsRefused, OtherApplication } from './access.errors.js';
import { AdminKeyGuard } from './admin-key.guard.js';
import { type Admission, ApiKeyGuard } from './api-key.guard.js';
import { AppKeyGuard } from './app-key.guard.js';
import { Authentications } from './authentications.js';
import { callerOf } from './caller.js';
import { DEFAULT_ENVIRONMENT, environmentInBody, environmentMeant } from './environment-meant.js';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The policy under which the request was let in, before its body was read. */
    admittedUnder?: AccessPolicy;
  }
}

/**
 * Stands before every route and asks the header guards that its `@Access` names. It does so twice: when the headers
 * have arrived, so that nobody's body is read before the credentials were accepted; and before the handler, where
 * it lets nothing pass that was not let in then, and judges applications again, because their body may have taken its
 * time. A route without `@Access` nobody may call. What a route changes, {@link CallerAuthority} guards.
 */
@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  constructor(
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly config: AppConfig,
    private readonly adminKey: AdminKeyGuard,
    private readonly appKey: AppKeyGuard,
    private readonly apiKey: ApiKeyGuard,
    private readonly authentications: Authentications,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('onRequest', (request, _reply, done) => {
      const policy = request.routeOptions.config.access;
      if (policy === undefined) {
        done();
        return;
      }
      const admitted = (): void => {
        request.admittedUnder = policy;
        if (request.caller !== undefined) this.authentications.accepted();
        done();
      };
      let admission: Admission;
      try {
        admission = this.admit(policy, request);
      } catch (error) {
        done(error as Error);
        return;
      }
      if (admission === undefined) admitted();
      else admission.then(admitted, done);
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get(AccessPolicyOf, context.getHandler()) as AccessPolicy | undefined;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (policy === undefined || request.admittedUnder !== policy) {
      throw new CredentialsRefused({ reason: 'missing-credentials' });
    }
    await this.admitAgain(policy, request);
    return true;
  }

  /**
   * Waits for nothing where nothing has to be asked: promises would be most of what the commonest requests cost.
   *
   * @throws CredentialsRefused, TooManyFailures or OtherApplication
   */
  private admit(policy: AccessPolicy, request: FastifyRequest): Admission {
    switch (policy) {
      case 'public':
        return undefined;
      case 'admin':
        this.adminKey.admit(request);
        return undefined;
      case 'application':
        // The operator is nobody's application, but a wrong admin key is refused wherever it is sent.
        if (headerValue(request, HEADERS.adminKey) !== undefined) this.adminKey.refuseWrong(request);
        this.appKey.refuseMissing(request);
        return this.apiKey.admit(
          request,
          undefined,
          headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT,
        );
      case 'application-or-admin':
        return this.admitEither(request, appKeyIn(request.params), headerValue(request, HEADERS.environment));
      case 'discovery':
        if (!this.config.endpointsRequireKey) return undefined;
        return this.admitEither(request, appKeyIn(request.query), environmentMeant(request));
    }
  }

  /** Whoever sends `X-Admin-Key` claims to be the operator and is never let in as an application instead. */
  private admitEither(
    request: FastifyRequest,
    askedFor: unknown,
    environment: string | undefined,
  ): Admission {
    if (headerValue(request, HEADERS.adminKey) !== undefined) {
      this.adminKey.admit(request);
      return undefined;
    }
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

  /** By the same rules, of what may have changed while the body was on its way. Reads have none to wait for. */
  private admitAgain(policy: AccessPolicy, request: FastifyRequest): Admission {
    if (callerOf(request).kind !== 'application') return undefined;
    switch (policy) {
      case 'public':
      case 'admin':
      case 'discovery':
        return undefined;
      case 'application':
        // A key that was imported into several environments stands for the one the body names, which is known only now.
        return this.apiKey.admit(request, undefined, environmentInBody(request));
      case 'application-or-admin':
        return this.admit(policy, request);
    }
  }
}

/** Asking for no application at all is bad input, which the route says. */
function refuseOther({ caller }: FastifyRequest, askedFor: unknown): void {
  if (askedFor !== undefined && caller?.kind === 'application' && caller.appKey !== askedFor) {
    throw new OtherApplication(caller.appKey);
  }
}

function appKeyIn(values: unknown): unknown {
  return (values as { app_key?: unknown }).app_key;
}
