import { Injectable } from '@nestjs/common';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import type { ImportOutcome } from '#libs/domain/import-record.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { EnvironmentsImporter } from '../environments/environments.importer.js';
import type { ApplicationEntity } from './application.entity.js';
import { AppKeyTaken } from './application.errors.js';
import { applicationChange } from './application-change.js';
import { ApplicationsRepository } from './applications.repository.js';
import { ApplicationResponse } from './dto/application.response.js';
import type { ImportedApplication } from './dto/imported-application.js';

/** Writes applications of other registries. */
@Injectable()
export class ApplicationsImporter {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly environments: EnvironmentsImporter,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Creates the application, with its id in the other registry unless that is taken, or updates the one with the same app
   * key, or with an alias of that name, where it differs. The row is locked until the transaction ends.
   */
  async import(
    imported: ImportedApplication,
  ): Promise<{ id: string; appKey: string; outcome: ImportOutcome }> {
    const { appKey, name, description, healthCheckUrl, authenticationMethod, owner, status, origin } =
      imported;
    const application = await this.applications.findAndLock(appKey);
    if (application === null) return { id: await this.insert(imported), appKey, outcome: 'added' };
    const changed = changedFields<ApplicationEntity>(application, {
      name,
      description,
      healthCheckUrl,
      authenticationMethod,
      owner,
      status,
    });
    if (changed === undefined)
      return { id: application.id, appKey: application.appKey, outcome: 'unchanged' };
    await this.applications.update(application.id, {
      ...changed.after,
      updatedAt: origin?.updatedAt ?? this.clock.now(),
    });
    this.changes.record(applicationChange(application, { action: 'application.updated', ...changed }));
    return { id: application.id, appKey: application.appKey, outcome: 'updated' };
  }

  private async insert({ origin, health, ...fields }: ImportedApplication): Promise<string> {
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
    });
    if (application === null) throw new AppKeyTaken(fields.appKey);
    const after = toResponse(ApplicationResponse, application);
    this.changes.record(applicationChange(application, { action: 'application.created', after }));
    return application.id;
  }
}
