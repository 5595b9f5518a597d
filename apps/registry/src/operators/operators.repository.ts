import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { onConstraint } from '#libs/database/database-errors.js';
import type { OperatorRole } from '#libs/domain/operator.js';
import { recordUseStatement } from '#libs/key-lifetime/record-use.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { OPERATOR_NAME_CONSTRAINT, OperatorEntity } from './operator.entity.js';
import { OperatorNameTaken } from './operator.errors.js';
import { OperatorKeyEntity } from './operator-key.entity.js';

/** A key with all that decides whether it is accepted. */
export interface OperatorKeyRecord {
  readonly operatorKeyId: string;
  readonly hash: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly operatorId: string;
  readonly operatorName: string;
  readonly role: OperatorRole;
  readonly applications: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly isActive: boolean;
}

const SELECT_RECORD = `
  SELECT k."id" AS "operatorKeyId", k."hash", k."expiresAt", k."revokedAt",
         o."id" AS "operatorId", o."name" AS "operatorName", o."role",
         o."applications", o."environments", o."isActive"
  FROM "OperatorKey" k JOIN "Operator" o ON o."id" = k."operatorId"`;

const RECORD_USE = recordUseStatement('OperatorKey', 'lastUsedAt');

@Injectable()
export class OperatorsRepository {
  constructor(private readonly database: Database) {}

  /** @throws OperatorNameTaken */
  async insert(operator: OperatorEntity): Promise<void> {
    const manager = await this.database.manager();
    await manager
      .insert(OperatorEntity, operator)
      .catch(onConstraint(OPERATOR_NAME_CONSTRAINT, () => new OperatorNameTaken(operator.name)));
  }

  async listAfter(after: Keyset | undefined, limit: number): Promise<OperatorEntity[]> {
    const manager = await this.database.manager();
    const query = manager
      .createQueryBuilder(OperatorEntity, 'operator')
      .orderBy({ 'operator.createdAt': 'ASC', 'operator.id': 'ASC' })
      .limit(limit);
    if (after !== undefined) query.where('(operator.createdAt, operator.id) > (:createdAt, :id)', after);
    return query.getMany();
  }

  async find(name: string): Promise<OperatorEntity | null> {
    const manager = await this.database.manager();
    return manager.findOneBy(OperatorEntity, { name });
  }

  /** Locks the row until the transaction ends. */
  async findAndLock(name: string): Promise<OperatorEntity | null> {
    const manager = await this.database.manager();
    return manager.findOne(OperatorEntity, { where: { name }, lock: { mode: 'pessimistic_write' } });
  }

  /** Those who are bound to the application with this app key, among others, locked until the transaction ends. */
  async lockBoundTo(appKey: string): Promise<OperatorEntity[]> {
    const manager = await this.database.manager();
    return manager
      .createQueryBuilder(OperatorEntity, 'operator')
      .where(':appKey = ANY(operator.applications)', { appKey })
      .orderBy('operator.id')
      .setLock('pessimistic_write')
      .getMany();
  }

  async update(id: string, change: Partial<OperatorEntity>): Promise<void> {
    const manager = await this.database.manager();
    await manager.update(OperatorEntity, { id }, change);
  }

  async delete(id: string): Promise<void> {
    const manager = await this.database.manager();
    await manager.delete(OperatorEntity, { id });
  }

  async keysOf(operatorId: string): Promise<OperatorKeyEntity[]> {
    const manager = await this.database.manager();
    return manager.find(OperatorKeyEntity, { where: { operatorId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async insertKey(key: OperatorKeyEntity): Promise<void> {
    const manager = await this.database.manager();
    await manager.insert(OperatorKeyEntity, key);
  }

  /** Locks the row until the transaction ends. */
  async findAndLockKey(operatorId: string, id: string): Promise<OperatorKeyEntity | null> {
    const manager = await this.database.manager();
    return manager.findOne(OperatorKeyEntity, {
      where: { operatorId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async updateKey(id: string, change: Partial<OperatorKeyEntity>): Promise<void> {
    const manager = await this.database.manager();
    await manager.update(OperatorKeyEntity, { id }, change);
  }

  async recordBySelector(selector: string): Promise<OperatorKeyRecord | undefined> {
    const [record] = await this.database.query<OperatorKeyRecord>(
      `${SELECT_RECORD} WHERE k."selector" = $1`,
      [selector],
    );
    return record;
  }

  /** As it stands once no other transaction changes it: the rows of operator and key are locked until the transaction ends. */
  async lockRecord(operatorId: string, operatorKeyId: string): Promise<OperatorKeyRecord | undefined> {
    const [record] = await this.database.query<OperatorKeyRecord>(
      `${SELECT_RECORD} WHERE o."id" = $1 AND k."id" = $2 FOR NO KEY UPDATE OF o, k`,
      [operatorId, operatorKeyId],
    );
    return record;
  }

  /**
   * Moves `lastUsedAt` of keys forward in one statement, never back.
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
