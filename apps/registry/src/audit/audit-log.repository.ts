import { Injectable } from '@nestjs/common';
import { type ListedColumn, listsOf, unnested } from '#libs/database/column-lists.js';
import { Database } from '#libs/database/database.js';
import { type Counter, Metrics } from '#libs/metrics/metrics.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { AuditLogEntity } from './audit-log.entity.js';

/** An entry to be written. */
export type NewAuditEntry = Omit<AuditLogEntity, 'createdAt'> & {
  /** null: now, by the database's clock, so that the entries of one thing are in the order of its changes. */
  readonly createdAt: Date | null;
};

/** What retention took away. */
export interface PrunedEntries {
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
}

export interface AuditLogFilter {
  readonly appKey?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const COLUMNS: readonly ListedColumn<keyof AuditLogEntity>[] = [
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

const COLUMN_NAMES = COLUMNS.map(({ column }) => `"${column}"`);

/** Any number that no other program on the database uses for an advisory lock: "audit" as bytes. */
const PRUNER_LOCK = 0x6175646974;

/** Every change pays for it, so that its text is made once. */
const APPEND = `
  INSERT INTO "AuditLog" (${COLUMN_NAMES.join(', ')})
  SELECT ${COLUMN_NAMES.map((name) => (name === '"createdAt"' ? `coalesce(${name}, statement_timestamp())` : name)).join(', ')}
  FROM ${unnested(COLUMNS, 'entry')}`;

/** Appends and reads; the table takes nothing else, but for retention. */
@Injectable()
export class AuditLogRepository {
  private readonly written: Counter<'action'>;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.written = metrics.counter({
      name: 'mcp_registry_audit_entries_total',
      help: 'Entries of the audit trail by what was done.',
      labels: ['action'],
    });
  }

  /** Writes all entries in one statement, in the current transaction if there is one. */
  async append(entries: readonly NewAuditEntry[]): Promise<void> {
    await this.database.query(APPEND, listsOf(COLUMNS, entries));
    this.database.afterCommit(() => {
      for (const { action } of entries) this.written.inc({ action });
    });
  }

  /** Whether this transaction is the only one that prunes; it is so to its end. */
  async isOnlyPruner(): Promise<boolean> {
    const [row] = await this.database.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS "locked"',
      [PRUNER_LOCK],
    );
    return row?.locked === true;
  }

  /**
   * Deletes the oldest of the entries that are older than so many days. In a transaction, which the table lets do so.
   *
   * @returns undefined when there are none
   */
  async deleteOlderThan(days: number, limit: number): Promise<PrunedEntries | undefined> {
    await this.database.query(`SELECT set_config('mcp_registry.audit_retention', 'on', true)`);
    const [pruned] = await this.database.query<PrunedEntries>(
      `WITH "deleted" AS (
         DELETE FROM "AuditLog" WHERE "id" = ANY(ARRAY(
           SELECT "id" FROM "AuditLog" WHERE "createdAt" < now() - make_interval(days => $1)
           ORDER BY "createdAt", "id" LIMIT $2)) RETURNING "createdAt"
       ) SELECT count(*)::integer AS "count", min("createdAt") AS "oldest", max("createdAt") AS "newest"
       FROM "deleted" HAVING count(*) > 0`,
      [days, limit],
    );
    await this.database.query(`SELECT set_config('mcp_registry.audit_retention', 'off', true)`);
    return pruned;
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
