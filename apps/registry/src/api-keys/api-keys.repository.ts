import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import { onConstraint } from '#libs/database/database-errors.js';
import { recordUseStatement } from '#libs/key-lifetime/record-use.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import type { DomainError } from '#libs/problem-details/domain-error.js';
import { API_KEY_ENVIRONMENT_CONSTRAINT, ApiKeyEntity } from './api-key.entity.js';

/** A key with all that decides whether it is accepted. */
export interface ApiKeyRecord {
  readonly apiKeyId: string;
  readonly hashedKey: string;
  readonly isActive: boolean;
  readonly expiresAt: Date | null;
  readonly environmentId: string;
  readonly environment: string;
  readonly environmentStatus: string;
  readonly applicationId: string;
  readonly appKey: string;
  readonly applicationStatus: string;
}

const SELECT_RECORD = `
  SELECT k."id" AS "apiKeyId", k."hashedKey", k."isActive", k."expiresAt",
         e."id" AS "environmentId", e."name" AS "environment", e."status" AS "environmentStatus",
         a."id" AS "applicationId", a."appKey", a."status" AS "applicationStatus"
  FROM "ApiKey" k
  JOIN "Environment" e ON e."id" = k."environmentId"
  JOIN "Application" a ON a."id" = e."applicationId"`;

const RECORD_USE = recordUseStatement('ApiKey', 'lastUsedAt');

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  /** @throws the given error when the environment was deleted in the meantime */
  async insert(key: ApiKeyEntity, environmentGone: () => DomainError): Promise<void> {
    const manager = await this.database.manager();
    await manager
      .insert(ApiKeyEntity, key)
      .catch(onConstraint(API_KEY_ENVIRONMENT_CONSTRAINT, environmentGone));
  }

  async listOf(environmentId: string, after: Keyset | undefined, limit: number): Promise<ApiKeyEntity[]> {
    const manager = await this.database.manager();
    const query = manager
      .createQueryBuilder(ApiKeyEntity, 'key')
      .where('key.environmentId = :environmentId', { environmentId })
      .orderBy({ 'key.createdAt': 'ASC', 'key.id': 'ASC' })
      .limit(limit);
    if (after !== undefined) query.andWhere('(key.createdAt, key.id) > (:createdAt, :id)', after);
    return query.getMany();
  }

  /** Locks the row until the transaction ends. */
  async findAndLock(environmentId: string, id: string): Promise<ApiKeyEntity | null> {
    const manager = await this.database.manager();
    return manager.findOne(ApiKeyEntity, {
      where: { environmentId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** The keys of an environment that came as bare hashes, locked until the transaction ends. */
  async lockHashesOf(environmentId: string): Promise<ApiKeyEntity[]> {
    const manager = await this.database.manager();
    return manager.find(ApiKeyEntity, {
      where: { environmentId, selector: IsNull() },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async isIdTaken(id: string): Promise<boolean> {
    const manager = await this.database.manager();
    return manager.existsBy(ApiKeyEntity, { id });
  }

  /** Whether the environment of that name has, or had, a key of that name. */
  async hasNamed(appKey: string, environment: string, name: string): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (
         SELECT FROM "ApiKey" k JOIN "Environment" e ON e."id" = k."environmentId"
         JOIN "Application" a ON a."id" = e."applicationId"
         WHERE a."id" = ${namedApplication('$1')} AND e."name" = $2 AND k."name" = $3) AS "found"`,
      [appKey, environment, name],
    );
    return row?.found === true;
  }

  async update(id: string, change: Partial<ApiKeyEntity>): Promise<void> {
    const manager = await this.database.manager();
    await manager.update(ApiKeyEntity, { id }, change);
  }

  async recordBySelector(selector: string): Promise<ApiKeyRecord | undefined> {
    const [record] = await this.database.query<ApiKeyRecord>(`${SELECT_RECORD} WHERE k."selector" = $1`, [
      selector,
    ]);
    return record;
  }

  /** The keys without a selector of all environments of the application. */
  async recordsWithoutSelector(appKey: string): Promise<ApiKeyRecord[]> {
    return this.database.query<ApiKeyRecord>(
      `${SELECT_RECORD} WHERE a."appKey" = $1 AND k."selector" IS NULL ORDER BY k."id"`,
      [appKey],
    );
  }

  /**
   * As it stands once no other transaction changes it, its environment or its application: all three rows are locked
   * until the current transaction ends. They are locked downwards, as everywhere, and exclusively: a stream of shared
   * locks would keep a revocation waiting for ever.
   */
  async lockRecord({
    apiKeyId,
    environmentId,
    applicationId,
  }: Pick<ApiKeyRecord, 'apiKeyId' | 'environmentId' | 'applicationId'>): Promise<ApiKeyRecord | undefined> {
    const [record] = await this.database.query<ApiKeyRecord>(
      `${SELECT_RECORD} WHERE k."id" = $1 AND e."id" = $2 AND a."id" = $3 FOR NO KEY UPDATE OF a, e, k`,
      [apiKeyId, environmentId, applicationId],
    );
    return record;
  }

  /**
   * Moves `lastUsedAt` of many keys forward in one statement, never back.
   *
   * @returns the ids of keys that were passed over, because another transaction holds them
   */
  async recordUse(uses: ReadonlyMap<string, Date>): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(RECORD_USE, [
      [...uses.keys()],
      [...uses.values()],
    ]);
    return rows.map(({ id }) => id);
  }
}
