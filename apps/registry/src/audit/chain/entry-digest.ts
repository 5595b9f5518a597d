import { createHash } from 'node:crypto';
import type { AuditLogRow } from '../audit-log-row.js';

/**
 * What of an entry is digested, in this order: every column, so that none can be changed unnoticed. The time is not among
 * them: the database's clock sets it when the entry is written. It is part of the digest of the link.
 */
const DIGESTED_COLUMNS: Readonly<Record<Exclude<keyof AuditLogRow, 'createdAt'>, true>> = {
  id: true,
  action: true,
  actor: true,
  apiKeyId: true,
  operatorId: true,
  operatorName: true,
  via: true,
  sessionId: true,
  appKey: true,
  applicationId: true,
  environment: true,
  environmentId: true,
  resourceType: true,
  resourceId: true,
  before: true,
  after: true,
  reason: true,
  occurrences: true,
  ipAddress: true,
  userAgent: true,
  requestId: true,
};
const DIGESTED = Object.keys(DIGESTED_COLUMNS) as (keyof typeof DIGESTED_COLUMNS)[];

/** SHA-256, in hexadecimal digits, of the values of an entry: each as its length in bytes and its text, `-` for null. */
export function entryDigest(entry: AuditLogRow): string {
  const hash = createHash('sha256');
  for (const column of DIGESTED) hash.update(measured(entry[column]));
  return hash.digest('hex');
}

function measured(value: string | number | null): string {
  if (value === null) return '-';
  const text = String(value);
  return `${Buffer.byteLength(text)}:${text}`;
}

/**
 * The same as an expression of PostgreSQL, so that values stay where they are. It uses functions of `pg_catalog` only:
 * the owner of the table could replace one of ours.
 *
 * @param table the alias of "AuditLog"
 */
export function entryDigestSql(table: string): string {
  const values = DIGESTED.map((column) => {
    const text = `${table}."${column}"::text`;
    return `coalesce(pg_catalog.octet_length(${text}) || ':' || ${text}, '-')`;
  });
  return hexDigest(values.join(' || '));
}

/** The time of an entry in milliseconds, as the digest of the link has it. */
export const entryTimeSql = (table: string): string =>
  `pg_catalog.round(pg_catalog.date_part('epoch', ${table}."createdAt") * 1000)::bigint::text`;

function hexDigest(text: string): string {
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`;
}
