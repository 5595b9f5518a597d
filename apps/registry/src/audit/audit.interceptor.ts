import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { callerOf } from '#libs/access/caller.js';
import { CallerAuthority } from '#libs/access/caller-authority.js';
import { type AuditAction, Audited } from '#libs/audit-trail/audited.decorator.js';
import { AuditService } from './audit.service.js';
import { callerOrigin } from './request-origin.js';

/**
 * Runs every audited route and its audit entry in one transaction, in which the caller is checked again. The
 * response is sent after the commit.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly audit: AuditService,
    private readonly authority: CallerAuthority,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = this.reflector.get(Audited, context.getHandler()) as AuditAction | undefined;
    if (action === undefined) return next.handle();
    const answer = (): Promise<unknown> =>
      lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: undefined });
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return from(
      this.authority.transaction(callerOf(request), () =>
        this.audit.run(action, answer, callerOrigin(request)),
      ),
    );
  }
}
