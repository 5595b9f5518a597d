import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { ADVISORY_LOCKS } from '#libs/database/advisory-locks.js';
import { type ListedColumn, listsOf, unnested } from '#libs/database/column-lists.js';
import { Database } from '#libs/database/database.js';
import { prepared } from '#libs/database/prepared-statements.js';
import { type Counter, Metrics } from '#libs/metrics/metrics.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { AuditLogEntity } from './audit-log.entity.js';
import type { AuditLogRow } from './audit-log-row.js';
import { AuditedNamesRepository, isAbout } from './audited-names.repository.js';
import { EMPTY_CHAIN } from './chain/chain-link.js';
import { entryDigestSql, entryTimeSql } from './chain/entry-digest.js';

/** An entry as it is read: too large values of earlier versions as `{"truncated": true, "sha256": …, "bytes": …}`. */
export type ListedEntry = AuditLogRow & { readonly createdAt: Date };

export interface EntriesPage {
  readonly entries: readonly ListedEntry[];
  readonly hasMore: boolean;
}

/** An entry that retention may take away. */
export interface PrunableEntry {
  readonly id: string;
  readonly createdAt: Date;
  /** null: it has no seal. */
  readonly number: number | null;
  readonly hash: string;
  readonly mac: string | null;
  readonly digest: string;
  /** In milliseconds. */
  readonly time: string;
  /** The hash that its own refers to; null: it is gone. */
  readonly priorHash: string | null;
}

export interface AuditLogFilter {
  readonly appKey?: string;
  readonly environment?: string;
  readonly action?: string;
  readonly actor?: string;
  /** Name or id. */
  readonly operator?: string;
  readonly resourceId?: string;
  readonly requestId?: string;
  readonly reason?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly bindings: Bindings;
}

/** The filters that compare a column with one value. */
const EQUALS = ['environment', 'action', 'resourceId', 'requestId', 'reason'] as const;

const COLUMNS: readonly ListedColumn<keyof AuditLogEntity>[] = [
  { column: 'id', type: 'text' },
  { column: 'createdAt', type: 'timestamptz' },
  { column: 'action', type: 'text' },
  { column: 'actor', type: 'text' },
  { column: 'apiKeyId', type: 'text' },
  { column: 'operatorId', type: 'text' },
  { column: 'operatorName', type: 'text' },
  { column: 'via', type: 'text' },
  { column: 'sessionId', type: 'text' },
  { column: 'appKey', type: 'text' },
  { column: 'applicationId', type: 'text' },
  { column: 'environment', type: 'text' },
  { column: 'environmentId', type: 'text' },
  { column: 'resourceType', type: 'text' },
  { column: 'resourceId', type: 'text' },
  { column: 'before', type: 'text' },
  { column: 'after', type: 'text' },
  { column: 'reason', type: 'text' },
  { column: 'occurrences', type: 'integer' },
  { column: 'ipAddress', type: 'text' },
  { column: 'userAgent', type: 'text' },
  { column: 'requestId', type: 'text' },
];

const COLUMN_NAMES = COLUMNS.map(({ column }) => `"${column}"`);

const WRITTEN_AS: Readonly<Record<string, string>> = {
  '"createdAt"': `coalesce("createdAt", statement_timestamp())`,
  '"before"': `"before"::json`,
  '"after"': `"after"::json`,
};

/** An entry with what its writer signs it with. */
export interface SignedRow extends AuditLogRow {
  readonly mac: string;
}

/** Every change pays for it. */
const APPEND = prepared(`
  WITH "entries" AS (
    INSERT INTO "AuditLog" (${COLUMN_NAMES.join(', ')})
    SELECT ${COLUMN_NAMES.map((name) => WRITTEN_AS[name] ?? name).join(', ')} FROM ${unnested(COLUMNS, 'entry')}
  )
  INSERT INTO "AuditSeal" ("entryId", "mac") SELECT * FROM unnest($1::text[], $${COLUMNS.length + 1}::text[])`);

const PRUNABLE = `
  SELECT a."id", a."createdAt", s."number"::float8 AS "number", s."hash", s."mac", ${entryDigestSql('a')} AS "digest",
         ${entryTimeSql('a')} AS "time",
         coalesce(p."hash", n."lastHash", CASE WHEN s."number" = 1 THEN '${EMPTY_CHAIN.hash}' END) AS "priorHash"
  FROM "AuditLog" a LEFT JOIN "AuditSeal" s ON s."entryId" = a."id"
  LEFT JOIN "AuditSeal" p ON p."number" = s."number" - 1
  LEFT JOIN "AuditAnchor" n ON n."lastNumber" = s."number" - 1
  WHERE a."createdAt" < now() - make_interval(days => $1) AND (s."number" IS NOT NULL OR s."entryId" IS NULL)
    AND a."id" <> ALL($3::text[])
  ORDER BY a."createdAt", a."id" LIMIT $2`;

/** Values of one page. */
const MAX_PAGE_BYTES = 4 * MEBIBYTE;
/** Earlier versions wrote values of any size: larger ones are read as their digest. */
const MAX_VALUE_BYTES = MEBIBYTE;
/** What a digest takes, and the other columns of a row. */
const ROW_BYTES = 2048;

const bytesRead = (column: string): string =>
  `CASE WHEN "${column}Bytes" > ${MAX_VALUE_BYTES} THEN 0 ELSE "${column}Bytes" END`;

const valueRead = (column: string): string => `
  CASE WHEN "${column}Bytes" > ${MAX_VALUE_BYTES} THEN json_build_object('truncated', true,
    'sha256', encode(sha256(convert_to("${column}"::text, 'UTF8')), 'hex'), 'bytes', "${column}Bytes")::text
  ELSE "${column}"::text END AS "${column}"`;

/**
 * Cuts the entries found, newest first, twice. By the size in which they are stored, which PostgreSQL knows without
 * reading them: a page costs the reading of some values however large they are. Then by the size in which they are
 * answered. The first entry is always there.
 */
const pageOf = (conditions: string, limit: string): string => `
  WITH "found" AS MATERIALIZED (
    SELECT * FROM "AuditLog" WHERE ${conditions} ORDER BY "createdAt" DESC, "id" DESC LIMIT ${limit} + 1
  ), "stored" AS MATERIALIZED (
    SELECT "id", "before", "after", row_number() OVER "newest" AS "position",
           sum(coalesce(pg_column_size("before"), 0) + coalesce(pg_column_size("after"), 0)) OVER "newest" AS "bytes"
    FROM "found" WINDOW "newest" AS (ORDER BY "createdAt" DESC, "id" DESC)
  ), "measured" AS MATERIALIZED (
    SELECT "id", "position", coalesce(octet_length("before"::text), 0) AS "beforeBytes",
           coalesce(octet_length("after"::text), 0) AS "afterBytes"
    FROM "stored" WHERE "position" = 1 OR ("position" <= ${limit} AND "bytes" <= ${MAX_PAGE_BYTES})
  ), "read" AS (
    SELECT *, sum(${ROW_BYTES} + ${bytesRead('before')} + ${bytesRead('after')}) OVER (ORDER BY "position") AS "bytes"
    FROM "measured"
  )
  SELECT ${COLUMN_NAMES.filter((name) => name !== '"before"' && name !== '"after"').join(', ')},
         ${valueRead('before')}, ${valueRead('after')}, (SELECT count(*)::integer FROM "found") AS "found"
  FROM "found" JOIN "read" USING ("id")
  WHERE "position" = 1 OR "bytes" <= ${MAX_PAGE_BYTES}
  ORDER BY "position"`;

/** Appends and reads; the table takes nothing else, but for retention. */
@Injectable()
export class AuditLogRepository {
  private readonly written: Counter<'action'>;

  constructor(
    private readonly database: Database,
    private readonly names: AuditedNamesRepository,
    metrics: Metrics,
  ) {
    this.written = metrics.counter({
      name: 'mcp_registry_audit_entries_total',
      help: 'Entries of the audit trail by what was done.',
      labels: ['action'],
    });
  }

  /** Writes all entries in one statement, in the current transaction if there is one. */
  async append(entries: readonly SignedRow[]): Promise<void> {
    await this.database.query(APPEND, [...listsOf(COLUMNS, entries), entries.map(({ mac }) => mac)]);
    this.database.afterCommit(() => {
      for (const { action } of entries) this.written.inc({ action });
    });
  }

  /** Whether this transaction is the only one that prunes; it is so to its end. */
  async isOnlyPruner(): Promise<boolean> {
    const [row] = await this.database.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS "locked"',
      [ADVISORY_LOCKS.auditPruning],
    );
    return row?.locked === true;
  }

  /** The oldest entries beyond an age in days that are sealed, or have no seal at all, with what their seals refer to. */
  async olderThan(days: number, limit: number, except: readonly string[]): Promise<PrunableEntry[]> {
    return this.database.query<PrunableEntry>(PRUNABLE, [days, limit, except]);
  }

  /** Deletes entries with their seals. Runs in a transaction that the tables permit to delete. */
  async delete(ids: readonly string[]): Promise<void> {
    await this.database.query(`SELECT set_config('mcp_registry.audit_retention', 'on', true)`);
    await this.database.query(
      `WITH "entries" AS (DELETE FROM "AuditLog" WHERE "id" = ANY($1)) DELETE FROM "AuditSeal" WHERE "entryId" = ANY($1)`,
      [ids],
    );
    await this.database.query(`SELECT set_config('mcp_registry.audit_retention', 'off', true)`);
  }

  /** Which of these ids have an entry. */
  async idsAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT "id" FROM "AuditLog" WHERE "id" = ANY($1::text[])`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Newest first, at most `limit` of them, and fewer when their values exceed 4 MiB. */
  async page(filter: AuditLogFilter, after: Keyset | undefined, limit: number): Promise<EntriesPage> {
    const parameters: unknown[] = [];
    const parameter = (value: unknown): string => `$${parameters.push(value)}`;
    const { actor, operator, from, to, bindings } = filter;
    const subject = filter.appKey === undefined ? undefined : await this.names.of([filter.appKey]);
    const bound = bindings.applications === null ? undefined : await this.names.of(bindings.applications);
    const conditions: string[] = [];
    for (const column of EQUALS) {
      const value = filter[column];
      if (value !== undefined) conditions.push(`"${column}" = ${parameter(value)}`);
    }
    if (subject !== undefined) conditions.push(isAbout(subject, parameter));
    const { environments } = bindings;
    if (bound !== undefined) conditions.push(isAbout(bound, parameter));
    if (environments !== null) conditions.push(`"environment" = ANY(${parameter(environments)})`);
    if (actor !== undefined) {
      const name = parameter(actor);
      conditions.push(`("actor" = ${name} OR "apiKeyId" = ${name})`);
    }
    if (operator !== undefined) {
      const name = parameter(operator);
      conditions.push(`"operatorName" IS NOT NULL AND ("operatorName" = ${name} OR "operatorId" = ${name})`);
    }
    if (from !== undefined) conditions.push(`"createdAt" >= ${parameter(from)}`);
    if (to !== undefined) conditions.push(`"createdAt" < ${parameter(to)}`);
    if (after !== undefined) {
      conditions.push(
        `("createdAt", "id") < (${parameter(after.createdAt)}::timestamptz, ${parameter(after.id)})`,
      );
    }
    const sql = pageOf(conditions.length === 0 ? 'true' : conditions.join(' AND '), String(limit));
    const rows = await this.database.query<ListedEntry & { readonly found: number }>(sql, parameters);
    const entries = rows.map(({ found: _, ...entry }) => entry);
    return { entries, hasMore: (rows[0]?.found ?? 0) > entries.length };
  }
}
