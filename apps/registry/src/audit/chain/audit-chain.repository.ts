import { Injectable } from '@nestjs/common';
import { ADVISORY_LOCKS } from '#libs/database/advisory-locks.js';
import { Database } from '#libs/database/database.js';
import type { Head, PrunedRange } from './chain-keys.js';
import type { ChainEnd, ChainEntry } from './chain-link.js';
import { entryDigestSql, entryTimeSql } from './entry-digest.js';

/** The head with what proves it. */
export interface StoredHead extends Head {
  readonly sealedAt: Date | null;
  readonly signature: string | null;
}

export interface StoredAnchor extends PrunedRange {
  readonly signature: string;
}

/** An entry that waits for its place in the chain. */
export interface UnsealedEntry extends ChainEntry {
  readonly id: string;
}

/** A place in the chain, and the entry that is there. */
export interface SealedEntry extends ChainEnd {
  readonly id: string;
  readonly mac: string | null;
  /** null: the entry is gone. */
  readonly digest: string | null;
  readonly createdAt: string | null;
}

/** Of an entry that has no place in the chain. */
export interface OutsideEntry {
  readonly id: string;
  /** null: nothing was written beside the entry. */
  readonly isRefused: boolean | null;
  readonly mac: string | null;
  readonly digest: string | null;
}

const HEAD = `
  SELECT "number"::float8 AS "number", "hash", "adoptedUntil"::float8 AS "adoptedUntil", "sealedAt", "signature"
  FROM "AuditHead"`;
const ANCHORS = `
  SELECT "firstNumber"::float8 AS "firstNumber", "lastNumber"::float8 AS "lastNumber", "priorHash", "lastHash", "signature"
  FROM "AuditAnchor"`;

const UNSEALED = `
  SELECT a."id", s."mac", ${entryDigestSql('a')} AS "digest", ${entryTimeSql('a')} AS "createdAt"
  FROM "AuditSeal" s JOIN "AuditLog" a ON a."id" = s."entryId"
  WHERE s."number" IS NULL AND NOT s."isRefused" ORDER BY a."createdAt", a."id" LIMIT $1`;

const SEALED = `
  SELECT s."number"::float8 AS "number", s."hash", s."entryId" AS "id", s."mac",
         CASE WHEN a."id" IS NOT NULL THEN ${entryDigestSql('a')} END AS "digest", ${entryTimeSql('a')} AS "createdAt"
  FROM "AuditSeal" s LEFT JOIN "AuditLog" a ON a."id" = s."entryId"
  WHERE s."number" > $1 ORDER BY s."number" LIMIT $2`;

const OUTSIDE = `
  SELECT a."id", s."isRefused", s."mac", ${entryDigestSql('a')} AS "digest"
  FROM "AuditLog" a LEFT JOIN "AuditSeal" s ON s."entryId" = a."id"
  WHERE s."number" IS NULL AND a."id" > $1 ORDER BY a."id" LIMIT $2`;

/** The chain beside the trail: numbers, hashes and signatures. */
@Injectable()
export class AuditChainRepository {
  constructor(private readonly database: Database) {}

  /** Whether this transaction is the only one that seals; it is so to its end. */
  async isOnlySealer(): Promise<boolean> {
    const [row] = await this.database.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS "locked"',
      [ADVISORY_LOCKS.auditSealing],
    );
    return row?.locked === true;
  }

  async hasUnsealed(): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM "AuditSeal" WHERE "number" IS NULL AND NOT "isRefused") AS "found"`,
    );
    return row?.found === true;
  }

  /** How many entries are not sealed yet, at most `limit`. */
  async countUnsealed(limit: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::integer AS "count" FROM (
         SELECT FROM "AuditSeal" WHERE "number" IS NULL AND NOT "isRefused" LIMIT $1) s`,
      [limit],
    );
    return row?.count ?? 0;
  }

  async head(): Promise<StoredHead | undefined> {
    const [head] = await this.database.query<StoredHead>(HEAD);
    return head;
  }

  async moveHead({ number, hash, adoptedUntil }: Head, signature: string): Promise<void> {
    await this.database.query(
      `UPDATE "AuditHead" SET "number" = $1, "hash" = $2, "adoptedUntil" = $3, "signature" = $4, "sealedAt" = now()`,
      [number, hash, adoptedUntil, signature],
    );
  }

  /** Oldest first: by the time of an entry, then by its id. */
  async unsealed(limit: number): Promise<UnsealedEntry[]> {
    return this.database.query<UnsealedEntry>(UNSEALED, [limit]);
  }

  /** Gives entries their places in the chain. */
  async seal(entries: readonly (ChainEnd & { readonly id: string })[]): Promise<void> {
    await this.database.query(
      `UPDATE "AuditSeal" s SET "number" = u."number", "hash" = u."hash"
       FROM unnest($1::text[], $2::bigint[], $3::text[]) AS u("entryId", "number", "hash") WHERE s."entryId" = u."entryId"`,
      [entries.map(({ id }) => id), entries.map(({ number }) => number), entries.map(({ hash }) => hash)],
    );
  }

  async refuse(ids: readonly string[]): Promise<void> {
    await this.database.query(`UPDATE "AuditSeal" SET "isRefused" = true WHERE "entryId" = ANY($1)`, [ids]);
  }

  /** Has refused entries looked at again, by a process that may know other keys. */
  async reconsider(): Promise<void> {
    await this.database.query(
      `UPDATE "AuditSeal" SET "isRefused" = false WHERE "number" IS NULL AND "isRefused"`,
    );
  }

  async anchors(): Promise<StoredAnchor[]> {
    return this.database.query<StoredAnchor>(`${ANCHORS} ORDER BY "firstNumber"`);
  }

  /** The anchors right before and right after a range. */
  async neighbours({ firstNumber, lastNumber }: PrunedRange): Promise<StoredAnchor[]> {
    return this.database.query<StoredAnchor>(
      `${ANCHORS} WHERE "lastNumber" = $1::bigint - 1 OR "firstNumber" = $2::bigint + 1 ORDER BY "firstNumber"`,
      [firstNumber, lastNumber],
    );
  }

  /** Puts one anchor in the place of others. */
  async anchor(
    { firstNumber, lastNumber, priorHash, lastHash }: PrunedRange,
    signature: string,
    replaced: readonly number[],
  ): Promise<void> {
    await this.database.query(`DELETE FROM "AuditAnchor" WHERE "firstNumber" = ANY($1::bigint[])`, [
      replaced,
    ]);
    await this.database.query(
      `INSERT INTO "AuditAnchor" ("firstNumber", "lastNumber", "priorHash", "lastHash", "signature") VALUES ($1, $2, $3, $4, $5)`,
      [firstNumber, lastNumber, priorHash, lastHash, signature],
    );
  }

  /** Everything that follows in this transaction reads one state of the database. It is to be its first statement. */
  async beginSnapshot(): Promise<void> {
    await this.database.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    // Operators, too, are those of PostgreSQL, whatever the owner of the tables has put in their place.
    await this.database.query(
      `SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(current_schema()), true)`,
    );
  }

  async sealedAfter(number: number, limit: number): Promise<SealedEntry[]> {
    return this.database.query<SealedEntry>(SEALED, [number, limit]);
  }

  /** By id. */
  async outsideAfter(id: string, limit: number): Promise<OutsideEntry[]> {
    return this.database.query<OutsideEntry>(OUTSIDE, [id, limit]);
  }

  /** Seals of entries that are gone before they had a place. */
  async orphans(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ entryId: string }>(
      `SELECT s."entryId" FROM "AuditSeal" s LEFT JOIN "AuditLog" a ON a."id" = s."entryId"
       WHERE s."number" IS NULL AND a."id" IS NULL LIMIT $1`,
      [limit],
    );
    return rows.map(({ entryId }) => entryId);
  }
}
