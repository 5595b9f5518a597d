import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { type AccessPolicy, AccessPolicyOf } from './access.decorator.js';
import { CredentialsRefused, OtherApplication } from './access.errors.js';
import { AdminKeyGuard } from './admin-key.guard.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { AppKeyGuard } from './app-key.guard.js';
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
 * it lets nothing pass that was not let in then. A route without `@Access` nobody may call.
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
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.getInstance().addHook('onRequest', async (request) => {
      const policy = request.routeOptions.config.access;
      if (policy === undefined) return;
      await this.admit(policy, request);
      request.admittedUnder = policy;
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get(AccessPolicyOf, context.getHandler()) as AccessPolicy | undefined;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (policy === undefined || request.admittedUnder !== policy) {
      throw new CredentialsRefused({ reason: 'missing-credentials' });
    }
    if (policy === 'application') await this.settleEnvironment(request);
    return true;
  }

  /** @throws CredentialsRefused, TooManyFailures or OtherApplication */
  private async admit(policy: AccessPolicy, request: FastifyRequest): Promise<void> {
    switch (policy) {
      case 'public':
        return;
      case 'admin':
        this.adminKey.admit(request);
        return;
      case 'application':
        // The operator is nobody's application, but a wrong admin key is refused wherever it is sent.
        if (headerValue(request, HEADERS.adminKey) !== undefined) this.adminKey.refuseWrong(request);
        this.appKey.refuseMissing(request);
        await this.apiKey.admit(
          request,
          undefined,
          headerValue(request, HEADERS.environment) ?? DEFAULT_ENVIRONMENT,
        );
        return;
      case 'application-or-admin':
        await this.admitEither(request, appKeyIn(request.params), headerValue(request, HEADERS.environment));
        return;
      case 'discovery':
        if (!this.config.endpointsRequireKey) return;
        await this.admitEither(request, appKeyIn(request.query), environmentMeant(request));
    }
  }

  /** Whoever sends `X-Admin-Key` claims to be the operator and is never let in as an application instead. */
  private async admitEither(
    request: FastifyRequest,
    askedFor: unknown,
    environment: string | undefined,
  ): Promise<void> {
    if (headerValue(request, HEADERS.adminKey) !== undefined) {
      this.adminKey.admit(request);
      return;
    }
    this.appKey.refuseMissing(request);
    await this.apiKey.admit(request, environment);
    // Asking for no application at all is bad input, which the route says.
    if (askedFor === undefined) return;
    if (request.caller?.kind === 'application' && request.caller.appKey !== askedFor) {
      throw new OtherApplication(request.caller.appKey);
    }
  }

  /** A key that was imported into several environments stands for the one the body names, which is known only now. */
  private async settleEnvironment(request: FastifyRequest): Promise<void> {
    const caller = callerOf(request);
    const meant = environmentInBody(request);
    if (caller.kind === 'application' && caller.environment !== meant) {
      await this.apiKey.admit(request, undefined, meant);
    }
  }
}

function appKeyIn(values: unknown): unknown {
  return (values as { app_key?: unknown }).app_key;
}
