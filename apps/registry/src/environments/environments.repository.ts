import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { namedApplication } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import { onConstraint } from '#libs/database/database-errors.js';
import type { Keyset } from '#libs/pagination/cursor.js';
import { ApplicationEntity } from '../applications/application.entity.js';
import { ENVIRONMENT_NAME_CONSTRAINT, EnvironmentEntity } from './environment.entity.js';
import { EnvironmentExists } from './environment.errors.js';

export type NewEnvironment = Pick<
  EnvironmentEntity,
  'id' | 'name' | 'description' | 'baseDomain' | 'applicationId' | 'createdAt' | 'updatedAt'
> &
  Partial<
    Pick<
      EnvironmentEntity,
      'status' | 'healthStatus' | 'lastHealthCheckAt' | 'security' | 'customPrompt' | 'importedAt'
    >
  >;

export interface NamedApplication {
  readonly id: string;
  /** The one it has now. */
  readonly appKey: string;
}

export interface LocatedEnvironment {
  readonly appKey: string;
  readonly environment: EnvironmentEntity;
}

export interface EnvironmentNames {
  readonly appKey: string;
  readonly environment: string;
}

const NAMED = `SELECT "id", "appKey" FROM "Application" WHERE "id" = ${namedApplication('$1')}`;

type HeldEnvironment = EnvironmentNames & Pick<EnvironmentEntity, 'endpointsImportedAt'>;

@Injectable()
export class EnvironmentsRepository {
  constructor(private readonly database: Database) {}

  /** The application that an app key names, by itself or as an alias. */
  async application(appKey: string): Promise<NamedApplication | undefined> {
    const [row] = await this.database.query<NamedApplication>(NAMED, [appKey]);
    return row;
  }

  /** As {@link application}, and locks it against deletion and against another app key until the transaction ends. */
  async holdApplication(appKey: string): Promise<NamedApplication | undefined> {
    const [row] = await this.database.query<NamedApplication>(`${NAMED} FOR KEY SHARE`, [appKey]);
    return row;
  }

  /** @throws EnvironmentExists when the application has one of that name */
  async insert(environment: NewEnvironment): Promise<EnvironmentEntity> {
    const manager = await this.database.manager();
    const repository = manager.getRepository(EnvironmentEntity);
    await repository
      .insert(environment)
      .catch(onConstraint(ENVIRONMENT_NAME_CONSTRAINT, () => new EnvironmentExists(environment.name)));
    return repository.findOneByOrFail({ id: environment.id });
  }

  /** With the app key that its application has: `appKey` may be an alias of it. */
  async find(appKey: string, name: string): Promise<LocatedEnvironment | null> {
    const manager = await this.database.manager();
    const { raw, entities } = await manager
      .createQueryBuilder(EnvironmentEntity, 'environment')
      .innerJoin(ApplicationEntity, 'application', 'application.id = environment.applicationId')
      .addSelect('application.appKey', 'appKey')
      .where(`application.id = ${namedApplication(':appKey')} AND environment.name = :name`, { appKey, name })
      .getRawAndEntities<{ appKey: string }>();
    const [row, environment] = [raw[0], entities[0]];
    return row === undefined || environment === undefined ? null : { appKey: row.appKey, environment };
  }

  /** As {@link lock}, with how the environment and its application are called now. */
  async lockAndName(id: string): Promise<HeldEnvironment | undefined> {
    const [row] = await this.database.query<HeldEnvironment>(
      `SELECT a."appKey", e."name" AS "environment", e."endpointsImportedAt"
       FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId" WHERE e."id" = $1 FOR UPDATE OF e`,
      [id],
    );
    return row;
  }

  /** Whether an application or an environment has this id: their health targets share one space of ids. */
  async isIdTaken(id: string): Promise<boolean> {
    const [row] = await this.database.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM "Application" WHERE "id" = $1)
           OR EXISTS (SELECT FROM "Environment" WHERE "id" = $1) AS "taken"`,
      [id],
    );
    return row?.taken === true;
  }

  /** As {@link lock}, of an application's. */
  async findAndLock(
    applicationId: string,
    by: Pick<EnvironmentEntity, 'id'> | Pick<EnvironmentEntity, 'name'>,
  ): Promise<EnvironmentEntity | null> {
    const manager = await this.database.manager();
    return manager.findOne(EnvironmentEntity, {
      where: { applicationId, ...by },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /**
   * Locks the row until the transaction ends: changes of the environment and its endpoints are serialised.
   */
  async lock(id: string): Promise<EnvironmentEntity | null> {
    const manager = await this.database.manager();
    return manager.findOne(EnvironmentEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /**
   * All environments of an application, oldest first, locked until the transaction ends, with concurrent changes
   * applied.
   */
  async lockAllOf(applicationId: string): Promise<EnvironmentEntity[]> {
    const manager = await this.database.manager();
    return manager.find(EnvironmentEntity, {
      where: { applicationId },
      order: { createdAt: 'ASC', id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** Whether an application has an environment of one of these names. */
  async hasOneOf(applicationId: string, names: readonly string[]): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM "Environment" WHERE "applicationId" = $1 AND "name" = ANY($2)) AS "found"`,
      [applicationId, names],
    );
    return row?.found === true;
  }

  async listOf(
    applicationId: string,
    { environments }: Bindings,
    after?: Keyset,
    limit?: number,
  ): Promise<EnvironmentEntity[]> {
    const manager = await this.database.manager();
    const query = manager
      .createQueryBuilder(EnvironmentEntity, 'environment')
      .where('environment.applicationId = :applicationId', { applicationId })
      .orderBy({ 'environment.createdAt': 'ASC', 'environment.id': 'ASC' })
      .limit(limit);
    if (environments !== null) query.andWhere('environment.name = ANY(:environments)', { environments });
    if (after !== undefined) {
      query.andWhere('(environment.createdAt, environment.id) > (:createdAt, :id)', after);
    }
    return query.getMany();
  }

  /** @throws EnvironmentExists when the application has another one of the name that it is given */
  async update(id: string, change: Partial<EnvironmentEntity>): Promise<void> {
    const manager = await this.database.manager();
    await manager
      .update(EnvironmentEntity, { id }, change)
      .catch(onConstraint(ENVIRONMENT_NAME_CONSTRAINT, () => new EnvironmentExists(String(change.name))));
  }

  async delete(id: string): Promise<void> {
    const manager = await this.database.manager();
    await manager.delete(EnvironmentEntity, { id });
  }
}
