import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import type { OperatorRole } from '#libs/domain/operator.js';
import { recordUseStatement } from '#libs/key-lifetime/record-use.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { SessionEntity } from './session.entity.js';
import { SignInCodeEntity } from './sign-in-code.entity.js';

/** What a session or a code was made with: the id of an operator's key, or a fingerprint of REGISTRY_ADMIN_KEY. */
export type Credential = Pick<SessionEntity, 'operatorKeyId' | 'adminKeyFingerprint'>;

/** A session with all that decides whether it is accepted. The fields of the operator are null for REGISTRY_ADMIN_KEY. */
export interface SessionRecord extends Credential {
  readonly sessionId: string;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly keyExpiresAt: Date | null;
  readonly keyRevokedAt: Date | null;
  readonly operatorId: string | null;
  readonly operatorName: string | null;
  readonly role: OperatorRole | null;
  readonly applications: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly isActive: boolean | null;
}

const RECORD = `
  SELECT s."id" AS "sessionId", s."operatorKeyId", s."adminKeyFingerprint", s."lastSeenAt", s."expiresAt",
         k."expiresAt" AS "keyExpiresAt", k."revokedAt" AS "keyRevokedAt",
         o."id" AS "operatorId", o."name" AS "operatorName", o."role", o."applications", o."environments", o."isActive"
  FROM "OperatorSession" s`;
const WITH_OPERATOR = `JOIN "OperatorKey" k ON k."id" = s."operatorKeyId" JOIN "Operator" o ON o."id" = k."operatorId"`;
/** PostgreSQL locks no row of an outer join: the sessions of REGISTRY_ADMIN_KEY have a statement of their own. */
const WITHOUT_OPERATOR = `
  LEFT JOIN "OperatorKey" k ON k."id" = s."operatorKeyId" LEFT JOIN "Operator" o ON o."id" = k."operatorId"`;

const RECORD_USE = recordUseStatement('OperatorSession', 'lastSeenAt');

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async insert(session: SessionEntity): Promise<void> {
    const manager = await this.database.manager();
    await manager.insert(SessionEntity, session);
  }

  async insertCode(code: SignInCodeEntity): Promise<void> {
    const manager = await this.database.manager();
    await manager.insert(SignInCodeEntity, code);
  }

  /** What a code stands for. It is gone afterwards. */
  async takeCode(hashes: readonly string[], now: Date): Promise<Credential | undefined> {
    const [code] = await this.database.query<Credential & { readonly expiresAt: Date }>(
      `WITH "taken" AS (DELETE FROM "OperatorSignInCode" WHERE "hash" = ANY($1) OR "expiresAt" < $2
         RETURNING "hash", "operatorKeyId", "adminKeyFingerprint", "expiresAt")
       SELECT "operatorKeyId", "adminKeyFingerprint", "expiresAt" FROM "taken" WHERE "hash" = ANY($1)`,
      [hashes, now],
    );
    return code !== undefined && code.expiresAt > now ? code : undefined;
  }

  async byToken(hashes: readonly string[]): Promise<SessionRecord | undefined> {
    const [record] = await this.database.query<SessionRecord>(
      `${RECORD} ${WITHOUT_OPERATOR} WHERE s."tokenHash" = ANY($1)`,
      [hashes],
    );
    return record;
  }

  /** As it stands once no other transaction changes it: its rows are locked until the transaction ends. */
  async lockRecord(id: string, ofOperator: boolean): Promise<SessionRecord | undefined> {
    // The time of its last use may change meanwhile.
    const [record] = await this.database.query<SessionRecord>(
      ofOperator
        ? `${RECORD} ${WITH_OPERATOR} WHERE s."id" = $1 FOR KEY SHARE OF s FOR NO KEY UPDATE OF o, k`
        : `${RECORD} ${WITHOUT_OPERATOR} WHERE s."id" = $1 FOR KEY SHARE OF s`,
      [id],
    );
    return record;
  }

  /** Oldest first. */
  async ofOperator(operatorId: string, after: Keyset | undefined, limit: number): Promise<SessionEntity[]> {
    return this.database.query<SessionEntity>(
      `SELECT s.* FROM "OperatorSession" s JOIN "OperatorKey" k ON k."id" = s."operatorKeyId"
       WHERE k."operatorId" = $1 AND ($2::timestamptz IS NULL OR (s."createdAt", s."id") > ($2, $3))
       ORDER BY s."createdAt", s."id" LIMIT $4`,
      [operatorId, after?.createdAt ?? null, after?.id ?? '', limit],
    );
  }

  async find(operatorId: string, id: string): Promise<SessionEntity | undefined> {
    const [session] = await this.database.query<SessionEntity>(
      `SELECT s.* FROM "OperatorSession" s JOIN "OperatorKey" k ON k."id" = s."operatorKeyId"
       WHERE k."operatorId" = $1 AND s."id" = $2`,
      [operatorId, id],
    );
    return session;
  }

  /** @returns the session that was there */
  async delete(id: string): Promise<SessionEntity | undefined> {
    const [deleted] = await this.database.query<SessionEntity>(
      `WITH "deleted" AS (DELETE FROM "OperatorSession" WHERE "id" = $1 RETURNING *) SELECT * FROM "deleted"`,
      [id],
    );
    return deleted;
  }

  /** Deletes sessions that are over, by their age or by how long they were not used. */
  async deletePast(now: Date, unusedSince: Date): Promise<void> {
    await this.database.query(
      `DELETE FROM "OperatorSession" WHERE "id" = ANY(ARRAY(
         SELECT "id" FROM "OperatorSession" WHERE "expiresAt" < $1 OR "lastSeenAt" < $2 FOR UPDATE SKIP LOCKED))`,
      [now, unusedSince],
    );
  }

  /** Moves `lastSeenAt` forward, never back. @returns the ids of sessions that were passed over, because they are held */
  async recordUse(uses: ReadonlyMap<string, Date>): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(RECORD_USE, [
      [...uses.keys()],
      [...uses.values()],
    ]);
    return rows.map(({ id }) => id);
  }
}
