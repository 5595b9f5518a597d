import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { AuditedTransactions, type UnattendedActor } from '#libs/audit-trail/audited-transactions.js';
import { type Change, ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import { jsonOf } from '#libs/json/json-pieces.js';
import { JsonText } from '#libs/json/json-text.js';
import { LargeResponses } from '#libs/memory/large-responses.js';
import { afterCursor, encodeCursor, type Keyset } from '#libs/pagination/cursor.js';
import { JsonStream } from '#libs/pagination/json-stream.js';
import { Page } from '#libs/pagination/listing.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import {
  type AuditLogFilter,
  AuditLogRepository,
  type EntriesPage,
  type ListedEntry,
} from './audit-log.repository.js';
import { AuditQuota } from './audit-quota.js';
import { AuditWriter, type NewAuditEntry } from './audit-writer.js';
import { AuditedNamesRepository, type ImportedNames } from './audited-names.repository.js';
import { AuditChainRepository } from './chain/audit-chain.repository.js';
import { EMPTY_CHAIN } from './chain/chain-link.js';
import type { AuditHeadResponse } from './dto/audit-head.response.js';
import { type AuditLogQuery, DEFAULT_LIMIT } from './dto/audit-log.query.js';
import { AuditLogResponse } from './dto/audit-log.response.js';
import type { ImportedAuditEntry } from './dto/imported-audit-entry.js';
import { type AuditOrigin, NO_OPERATOR, operatorOrigin, unattendedOrigin } from './request-origin.js';

export const NDJSON = 'application/x-ndjson';
/** Exports at once: each holds what its client has not taken of a page. */
const MAX_EXPORTS = 2;
const EXPORTED_AT_A_TIME = 500;
/** Unsealed entries: beyond it is enough to know that there are many. */
const MAX_COUNTED = 10_000;

@Injectable()
export class AuditService extends AuditedTransactions {
  private readonly exports = new LargeResponses(MAX_EXPORTS);

  constructor(
    private readonly entries: AuditLogRepository,
    private readonly names: AuditedNamesRepository,
    private readonly writer: AuditWriter,
    private readonly quota: AuditQuota,
    private readonly chain: AuditChainRepository,
    private readonly changes: ChangeRecorder,
    private readonly database: Database,
  ) {
    super();
  }

  /** A page of at most `limit` entries and some 4 MiB, newest first. */
  async list(query: AuditLogQuery, bindings: Bindings): Promise<Page<AuditLogResponse>> {
    const { cursor, limit = DEFAULT_LIMIT } = query;
    const { entries, hasMore } = await this.entries.page(
      filterOf(query, bindings),
      afterCursor(cursor),
      limit,
    );
    const last = entries.at(-1);
    return new Page(entries.map(shown), hasMore && last !== undefined ? encodeCursor(last) : undefined);
  }

  /**
   * All entries, or those after a cursor, as NDJSON, newest first: read as the client takes them.
   *
   * @throws NoMemoryForResponse when too many clients export
   */
  export(query: AuditLogQuery, bindings: Bindings): Promise<JsonStream> {
    return this.exports.stream(async (close) => {
      const filter = filterOf(query, bindings);
      const read = (after: Keyset | undefined): Promise<EntriesPage> =>
        this.entries.page(filter, after, EXPORTED_AT_A_TIME);
      // The first page is read before the answer begins: its failure is still a proper error response.
      const first = await read(afterCursor(query.cursor));
      return new JsonStream(lines(first, read), close, undefined, NDJSON);
    });
  }

  /** Up to where the trail is sealed. */
  async head(): Promise<AuditHeadResponse> {
    const { number, hash, sealedAt } = (await this.chain.head()) ?? { ...EMPTY_CHAIN, sealedAt: null };
    return { number, hash, sealedAt, unsealed: await this.chain.countUnsealed(MAX_COUNTED) };
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

  /** Whether an import has ever added this application, or this environment of it, as far as the trail reaches back. */
  wasImported(names: ImportedNames): Promise<boolean> {
    return this.names.wasImported(names);
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
        ...(change.by !== undefined && operatorOrigin(change.by)),
      })),
      origin.actor === 'application' ? (first.applicationId ?? undefined) : undefined,
    );
  }
}

function filterOf(query: AuditLogQuery, bindings: Bindings): AuditLogFilter {
  const { app_key: appKey, resource_id: resourceId, request_id: requestId } = query;
  const { environment, action, actor, operator, reason, from, to } = query;
  return { appKey, environment, action, actor, operator, resourceId, requestId, reason, from, to, bindings };
}

function shown(entry: ListedEntry): AuditLogResponse {
  const [before, after] = [entry.before, entry.after].map((json) => json && new JsonText(json));
  return toResponse(AuditLogResponse, entry, { before, after });
}

/** One entry a line, each with the cursor that continues after it. */
async function* lines(
  first: EntriesPage,
  read: (after: Keyset) => Promise<EntriesPage>,
): AsyncGenerator<string> {
  let page = first;
  for (;;) {
    for (const entry of page.entries) {
      // Stored values are as they were written: line breaks between their tokens mean nothing.
      const line = jsonOf({ ...shown(entry), cursor: encodeCursor(entry) }).replace(/[\r\n]/g, ' ');
      yield `${line}\n`;
    }
    const last = page.entries.at(-1);
    if (last === undefined || !page.hasMore) return;
    page = await read(last);
  }
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
