import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { AuditLogEntity } from './audit-log.entity.js';

export interface AuditLogFilter {
  readonly appKey?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const COLUMNS: readonly { readonly column: keyof AuditLogEntity; readonly type: string }[] = [
  { column: 'id', type: 'text' },
  { column: 'createdAt', type: 'timestamptz' },
  { column: 'action', type: 'text' },
  { column: 'actor', type: 'text' },
  { column: 'apiKeyId', type: 'text' },
  { column: 'appKey', type: 'text' },
  { column: 'applicationId', type: 'text' },
  { column: 'environment', type: 'text' },
  { column: 'environmentId', type: 'text' },
  { column: 'resourceType', type: 'text' },
  { column: 'resourceId', type: 'text' },
  { column: 'before', type: 'json' },
  { column: 'after', type: 'json' },
  { column: 'reason', type: 'text' },
  { column: 'occurrences', type: 'integer' },
  { column: 'ipAddress', type: 'text' },
  { column: 'userAgent', type: 'text' },
  { column: 'requestId', type: 'text' },
];

/** Every change pays for it, so that its text is made once. */
const APPEND = `
  INSERT INTO "AuditLog" (${COLUMNS.map(({ column }) => `"${column}"`).join(', ')})
  SELECT * FROM unnest(${COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})`;

/** Appends and reads; the table takes nothing else. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly database: Database) {}

  /** Writes all entries in one statement, in the current transaction if there is one. */
  async append(entries: readonly AuditLogEntity[]): Promise<void> {
    await this.database.query(
      APPEND,
      COLUMNS.map(({ column, type }) =>
        entries.map((entry) => (type === 'json' ? jsonText(entry[column]) : entry[column])),
      ),
    );
  }

  /** Which of these ids have an entry. */
  async idsAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT "id" FROM "AuditLog" WHERE "id" = ANY($1::text[])`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Newest first. */
  async list(filter: AuditLogFilter, after: Keyset | undefined, limit: number): Promise<AuditLogEntity[]> {
    const manager = await this.database.manager();
    const query = manager
      .createQueryBuilder(AuditLogEntity, 'entry')
      .orderBy({ 'entry.createdAt': 'DESC', 'entry.id': 'DESC' })
      .limit(limit);
    const { appKey, action, actor, from, to } = filter;
    if (appKey !== undefined) query.andWhere('entry.appKey = :appKey', { appKey });
    if (action !== undefined) query.andWhere('entry.action = :action', { action });
    if (actor !== undefined) query.andWhere('(entry.actor = :actor OR entry.apiKeyId = :actor)', { actor });
    if (from !== undefined) query.andWhere('entry.createdAt >= :from', { from });
    if (to !== undefined) query.andWhere('entry.createdAt < :to', { to });
    if (after !== undefined) query.andWhere('(entry.createdAt, entry.id) < (:createdAt, :id)', after);
    return query.getMany();
  }
}

function jsonText(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
