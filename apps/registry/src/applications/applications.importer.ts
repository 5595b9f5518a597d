import { Injectable } from '@nestjs/common';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import type { ImportOutcome, ImportPolicy } from '#libs/domain/import-record.js';
import { ApplicationNotFound } from '#libs/domain/not-found.errors.js';
import type { Status } from '#libs/domain/status.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { EnvironmentsImporter } from '../environments/environments.importer.js';
import type { ApplicationEntity } from './application.entity.js';
import { AppKeyTaken } from './application.errors.js';
import { applicationChange } from './application-change.js';
import { ApplicationsRepository } from './applications.repository.js';
import { ApplicationResponse } from './dto/application.response.js';
import type { ImportedApplication } from './dto/imported-application.js';

/** An application after its import, under its present app key. */
export interface FoundApplication {
  readonly id: string;
  readonly appKey: string;
  readonly status: Status;
}

/** Writes applications of other registries. */
@Injectable()
export class ApplicationsImporter {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly environments: EnvironmentsImporter,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /** The application that has the app key, or had it and answers to it, locked until the transaction ends. */
  locate(appKey: string): Promise<ApplicationEntity | null> {
    return this.applications.findAndLock(appKey);
  }

  /**
   * Creates the application, with its id in the other registry unless that is taken, or updates the located one where it
   * differs, unless it was changed here since the last import.
   */
  async import(
    application: ApplicationEntity | null,
    imported: ImportedApplication,
    { overwrite }: ImportPolicy,
  ): Promise<FoundApplication & { outcome: ImportOutcome; kept?: readonly string[] }> {
    const { name, description, healthCheckUrl, authenticationMethod, owner, status, origin } = imported;
    if (application === null) return { ...(await this.insert(imported)), outcome: 'added' };
    const { id, appKey } = application;
    const changed = changedFields<ApplicationEntity>(application, {
      name,
      description,
      healthCheckUrl,
      authenticationMethod,
      owner,
      status,
    });
    if (changed === undefined) return { id, appKey, status: application.status, outcome: 'unchanged' };
    if (application.importedAt === null && !overwrite) {
      return { id, appKey, status: application.status, outcome: 'kept', kept: Object.keys(changed.after) };
    }
    const now = this.clock.now();
    await this.applications.update(id, {
      ...changed.after,
      updatedAt: origin?.updatedAt ?? now,
      importedAt: now,
    });
    this.changes.record(applicationChange(application, { action: 'application.updated', ...changed }));
    return { id, appKey, status: changed.after.status ?? application.status, outcome: 'updated' };
  }

  /** @throws ApplicationNotFound */
  async find(appKey: string): Promise<FoundApplication> {
    const application = await this.applications.find(appKey);
    if (application === null) throw new ApplicationNotFound(appKey);
    return application;
  }

  private async insert({ origin, health, ...fields }: ImportedApplication): Promise<ApplicationEntity> {
    const now = this.clock.now();
    const application = await this.applications.insert({
      ...fields,
      id: await this.environments.availableId(origin?.id),
      name: fields.name ?? fields.appKey,
      description: fields.description ?? null,
      healthCheckUrl: fields.healthCheckUrl ?? null,
      authenticationMethod: fields.authenticationMethod ?? 'API_KEY',
      owner: fields.owner ?? null,
      ...health,
      createdAt: origin?.createdAt ?? now,
      updatedAt: origin?.updatedAt ?? now,
      importedAt: now,
    });
    if (application === null) throw new AppKeyTaken(fields.appKey);
    const after = toResponse(ApplicationResponse, application);
    this.changes.record(applicationChange(application, { action: 'application.created', after }));
    return application;
  }
}
