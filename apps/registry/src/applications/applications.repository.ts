import { Injectable } from '@nestjs/common';
import { getMetadataArgsStorage } from 'typeorm';
import type { Bindings } from '#libs/access/bindings.js';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import { onConstraint } from '#libs/database/database-errors.js';
import { prepared } from '#libs/database/prepared-statements.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { ALIAS_CONSTRAINT } from './app-key-alias.entity.js';
import { APP_KEY_CONSTRAINT, ApplicationEntity } from './application.entity.js';
import { AppKeyIsAlias, AppKeyTaken } from './application.errors.js';

export type NewApplication = Pick<
  ApplicationEntity,
  | 'id'
  | 'name'
  | 'description'
  | 'appKey'
  | 'authenticationMethod'
  | 'owner'
  | 'healthCheckUrl'
  | 'createdAt'
  | 'updatedAt'
> &
  Partial<
    Pick<
      ApplicationEntity,
      | 'status'
      | 'healthStatus'
      | 'lastHealthCheckAt'
      | 'consecutiveFailures'
      | 'consecutiveSuccesses'
      | 'importedAt'
    >
  >;

const COLUMNS = getMetadataArgsStorage()
  .filterColumns(ApplicationEntity)
  .map(({ propertyName }) => propertyName);

const FIND_AND_LOCK = prepared(
  `SELECT ${COLUMNS.map((column) => `"${column}"`).join(', ')} FROM "Application" WHERE "id" = ${namedApplication('$1')} FOR UPDATE`,
);

@Injectable()
export class ApplicationsRepository {
  constructor(private readonly database: Database) {}

  /**
   * @returns null when the app key is taken; the transaction stays usable
   * @throws AppKeyIsAlias when another application left the app key at this moment
   */
  async insert(application: NewApplication): Promise<ApplicationEntity | null> {
    const manager = await this.database.manager();
    await manager
      .createQueryBuilder()
      .insert()
      .into(ApplicationEntity)
      .values(application)
      .orIgnore()
      .execute()
      .catch(onConstraint(ALIAS_CONSTRAINT, () => new AppKeyIsAlias(application.appKey)));
    return manager.findOneBy(ApplicationEntity, { id: application.id });
  }

  /** By its app key, or by an alias. */
  async find(appKey: string): Promise<ApplicationEntity | null> {
    const manager = await this.database.manager();
    return manager
      .createQueryBuilder(ApplicationEntity, 'application')
      .where(`application.id = ${namedApplication(':appKey')}`, { appKey })
      .getOne();
  }

  /** As {@link find}, and locks the row until the transaction ends. */
  async findAndLock(appKey: string): Promise<ApplicationEntity | null> {
    const [row] = await this.database.query<ApplicationEntity>(FIND_AND_LOCK, [appKey]);
    return row ?? null;
  }

  async list(
    { applications, telltaleEnvironments }: Bindings,
    after: Keyset | undefined,
    limit: number,
  ): Promise<ApplicationEntity[]> {
    const manager = await this.database.manager();
    const query = manager
      .createQueryBuilder(ApplicationEntity, 'application')
      .orderBy({ 'application.createdAt': 'ASC', 'application.id': 'ASC' })
      .limit(limit);
    if (applications !== null) query.andWhere('application.appKey = ANY(:applications)', { applications });
    if (telltaleEnvironments !== null) {
      query.andWhere(
        `EXISTS (SELECT FROM "Environment" e WHERE e."applicationId" = application.id AND e."name" = ANY(:telltaleEnvironments))`,
        { telltaleEnvironments },
      );
    }
    if (after !== undefined) {
      query.andWhere('(application.createdAt, application.id) > (:createdAt, :id)', after);
    }
    return query.getMany();
  }

  async update(id: string, change: Partial<ApplicationEntity>): Promise<void> {
    const columns = Object.keys(change) as (keyof ApplicationEntity)[];
    await this.database.query(
      prepared(
        `UPDATE "Application" SET ${columns.map((column, index) => `"${column}" = $${index + 2}`).join(', ')} WHERE "id" = $1`,
      ),
      [id, ...columns.map((column) => change[column])],
    );
  }

  /** @throws AppKeyTaken, AppKeyIsAlias when the app key names another application */
  async rename(id: string, change: Pick<ApplicationEntity, 'appKey' | 'updatedAt'>): Promise<void> {
    await this.update(id, change)
      .catch(onConstraint(APP_KEY_CONSTRAINT, () => new AppKeyTaken(change.appKey)))
      .catch(onConstraint(ALIAS_CONSTRAINT, () => new AppKeyIsAlias(change.appKey)));
  }

  /** Everything below the application goes with it. */
  async delete(id: string): Promise<void> {
    const manager = await this.database.manager();
    await manager.delete(ApplicationEntity, { id });
  }
}
