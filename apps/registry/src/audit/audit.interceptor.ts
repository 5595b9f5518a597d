import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { type AuditAction, Audited } from '#libs/audit-trail/audited.decorator.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { Database } from '#libs/database/database.js';
import { AuditService } from './audit.service.js';

/**
 * Runs every audited route in one transaction together with the entry of what it changed: both are there, or
 * neither. The answer leaves only after the commit.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly recorder: ChangeRecorder,
    private readonly audit: AuditService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = this.reflector.get(Audited, context.getHandler()) as AuditAction | undefined;
    if (action === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return from(
      this.database.transaction(async () => {
        const { result, changes } = await this.recorder.collect(() =>
          lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: undefined }),
        );
        await this.audit.record(action, changes, request);
        return result;
      }),
    );
  }
}
