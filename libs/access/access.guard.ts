import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { type AccessPolicy, AccessPolicyOf } from './access.decorator.js';
import { CredentialsRefused, OtherApplication } from './access.errors.js';
import { AdminKeyGuard } from './admin-key.guard.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { AppKeyGuard } from './app-key.guard.js';
import { environmentInBody, environmentMeant } from './environment-meant.js';
import { headerValue } from './header-value.js';
import { HEADERS } from './security-schemes.js';

/** Stands before every route and asks the header guards that its `@Access` names; without one nobody may call. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: AppConfig,
    private readonly adminKey: AdminKeyGuard,
    private readonly appKey: AppKeyGuard,
    private readonly apiKey: ApiKeyGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get(AccessPolicyOf, context.getHandler()) as AccessPolicy | undefined;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    switch (policy) {
      case 'public':
        return true;
      case 'admin':
        return this.adminKey.canActivate(context);
      case 'application':
        // The operator is nobody's application, but a wrong admin key is refused wherever it is sent.
        if (headerValue(request, HEADERS.adminKey) !== undefined) this.adminKey.refuseWrong(request);
        this.appKey.canActivate(context);
        return this.apiKey.verify(request, undefined, environmentInBody(request));
      case 'application-or-admin':
        return this.applicationOrAdmin(
          context,
          appKeyIn(request.params),
          headerValue(request, HEADERS.environment),
        );
      case 'discovery':
        return (
          !this.config.endpointsRequireKey ||
          this.applicationOrAdmin(context, appKeyIn(request.query), environmentMeant(request))
        );
      case undefined:
        throw new CredentialsRefused({ reason: 'missing-credentials' });
    }
  }

  /** Whoever sends `X-Admin-Key` claims to be the operator and is never let in as an application instead. */
  private async applicationOrAdmin(
    context: ExecutionContext,
    askedFor: unknown,
    environment: string | undefined,
  ): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (headerValue(request, HEADERS.adminKey) !== undefined) return this.adminKey.canActivate(context);
    this.appKey.canActivate(context);
    await this.apiKey.verify(request, environment);
    // Asking for no application at all is bad input, which the route says.
    if (askedFor === undefined) return true;
    if (request.caller?.kind === 'application' && request.caller.appKey !== askedFor) {
      throw new OtherApplication(request.caller.appKey);
    }
    return true;
  }
}

function appKeyIn(values: unknown): unknown {
  return (values as { app_key?: unknown }).app_key;
}
