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

/** Appends and reads; the table takes nothing else. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly database: Database) {}

  /** Writes all entries in one statement, in the current transaction if there is one. */
  async append(entries: readonly AuditLogEntity[]): Promise<void> {
    const manager = await this.database.manager();
    await manager.insert(AuditLogEntity, [...entries] as never);
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
