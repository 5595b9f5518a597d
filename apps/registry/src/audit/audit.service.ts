import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '#libs/access/caller.js';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import type { Change } from '#libs/audit-trail/change-recorder.js';
import { newId } from '#libs/database/new-id.js';
import { responseOf } from '#libs/responses/shown.decorator.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { DEFAULT_LIMIT, type AuditLogQuery } from './dto/audit-log.query.js';
import { AuditLogResponse } from './dto/audit-log.response.js';
import { requestOrigin } from './request-origin.js';

@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditLogRepository) {}

  list(query: AuditLogQuery): Promise<Listing<AuditLogResponse>> {
    const { app_key: appKey, action, actor, from, to, cursor, limit = DEFAULT_LIMIT } = query;
    return listing(
      { limit, cursor },
      (after, count) => this.entries.list({ appKey, action, actor, from, to }, after, count),
      (entry) => responseOf(AuditLogResponse, entry, { before: entry.before, after: entry.after }),
    );
  }

  /** Records what a request changed, in the transaction of the change. */
  async record(action: AuditAction, changes: readonly Change[], request: FastifyRequest): Promise<void> {
    if (changes.length === 0) return;
    const caller = callerOf(request);
    const createdAt = new Date();
    await this.entries.append(
      changes.map((change) => ({
        id: newId(),
        createdAt,
        action,
        actor: caller.kind,
        apiKeyId: caller.kind === 'application' ? caller.apiKeyId : null,
        appKey: change.appKey,
        applicationId: change.applicationId,
        environment: change.environment ?? null,
        environmentId: change.environmentId ?? null,
        resourceType: change.resourceType,
        resourceId: change.resourceId,
        before: change.before ?? null,
        after: change.after ?? null,
        reason: null,
        occurrences: 1,
        ...requestOrigin(request),
      })),
    );
  }
}
