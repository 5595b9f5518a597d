import { Injectable } from '@nestjs/common';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { AuditedTransactions, type UnattendedActor } from '#libs/audit-trail/audited-transactions.js';
import { type Change, ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import { JsonText } from '#libs/json/json-text.js';
import { decodeCursor, encodeCursor } from '#libs/pagination/cursor.js';
import { Page } from '#libs/pagination/listing.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { AuditLogRepository, type ListedEntry } from './audit-log.repository.js';
import { AuditQuota } from './audit-quota.js';
import { AuditWriter, type NewAuditEntry } from './audit-writer.js';
import { type AuditLogQuery, DEFAULT_LIMIT } from './dto/audit-log.query.js';
import { AuditLogResponse } from './dto/audit-log.response.js';
import type { ImportedAuditEntry } from './dto/imported-audit-entry.js';
import { type AuditOrigin, NO_OPERATOR, unattendedOrigin } from './request-origin.js';

@Injectable()
export class AuditService extends AuditedTransactions {
  constructor(
    private readonly entries: AuditLogRepository,
    private readonly writer: AuditWriter,
    private readonly quota: AuditQuota,
    private readonly changes: ChangeRecorder,
    private readonly database: Database,
  ) {
    super();
  }

  /** A page of at most `limit` entries and some 4 MiB, newest first. */
  async list(query: AuditLogQuery): Promise<Page<AuditLogResponse>> {
    const { app_key: appKey, action, actor, operator, from, to, cursor, limit = DEFAULT_LIMIT } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const { entries, hasMore } = await this.entries.page(
      { appKey, action, actor, operator, from, to },
      after,
      limit,
    );
    const last = entries.at(-1);
    return new Page(entries.map(shown), hasMore && last !== undefined ? encodeCursor(last) : undefined);
  }

  /**
   * As {@link AuditedTransactions.run}, for a caller or for work without a request.
   *
   * @throws AuditQuotaExceeded when an application has used up its share of the trail
   */
  run<T>(
    action: AuditAction,
    work: () => Promise<T>,
    by: AuditOrigin | UnattendedActor = 'registry',
  ): Promise<T> {
    const origin = typeof by === 'string' ? unattendedOrigin(by) : by;
    return this.database.transaction(async () => {
      const { result, changes } = await this.changes.collect(work, ({ applicationId }) => {
        if (origin.actor === 'application' && applicationId !== null) this.quota.assertLeft(applicationId);
      });
      await this.record(action, changes, origin);
      return result;
    });
  }

  /**
   * Takes over entries another registry wrote, once: of which there is one of that id stays as it is.
   *
   * @returns how many were not there yet
   */
  import(entries: readonly ImportedAuditEntry[], { dryRun }: { dryRun: boolean }): Promise<number> {
    return this.database.transaction(async () => {
      const known = new Set(await this.entries.idsAmong(entries.map(({ id }) => id)));
      const missing = entries.filter(({ id }) => !known.has(id));
      if (!dryRun && missing.length > 0) await this.writer.write(missing.map(importedEntry));
      return missing.length;
    });
  }

  private async record(action: AuditAction, changes: readonly Change[], origin: AuditOrigin): Promise<void> {
    const [first] = changes;
    if (first === undefined) return;
    await this.writer.write(
      changes.map((change) => ({
        id: newId(),
        createdAt: null,
        action: change.action ?? action,
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
        ...origin,
      })),
      origin.actor === 'application' ? (first.applicationId ?? undefined) : undefined,
    );
  }
}

function shown(entry: ListedEntry): AuditLogResponse {
  const [before, after] = [entry.before, entry.after].map((json) => json && new JsonText(json));
  return toResponse(AuditLogResponse, entry, { before, after });
}

/** Marked as one that another registry wrote. */
function importedEntry({ details, ...entry }: ImportedAuditEntry): NewAuditEntry {
  return {
    ...entry,
    actor: 'imported',
    apiKeyId: null,
    ...NO_OPERATOR,
    environment: null,
    environmentId: null,
    resourceType: entry.applicationId === null ? 'registry' : 'application',
    resourceId: entry.applicationId,
    before: null,
    after: details,
    reason: null,
    occurrences: 1,
    requestId: null,
  };
}
