import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type AccessPolicy, AccessPolicyOf } from './access.decorator.js';
import { CredentialsRefused } from './access.errors.js';
import { Admission } from './admission.js';

/**
 * Denies requests that {@link CredentialsHook} has not admitted, those of routes without `@Access` among them, and admits
 * applications a second time, because receiving the body may have taken time. {@link CallerAuthority} guards what a
 * route changes.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get(AccessPolicyOf, context.getHandler()) as AccessPolicy | undefined;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (policy === undefined || request.admittedUnder !== policy) {
      throw new CredentialsRefused({ reason: 'missing-credentials' });
    }
    await this.admission.admitAgain(policy, request);
    return true;
  }
}
