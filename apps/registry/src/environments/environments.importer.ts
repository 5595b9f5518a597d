import { Injectable } from '@nestjs/common';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import type { ImportOutcome, ImportPolicy } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { EnvironmentResponse } from './dto/environment.response.js';
import type { ImportedEnvironment } from './dto/imported-environment.js';
import type { EnvironmentEntity } from './environment.entity.js';
import { environmentChange } from './environment-change.js';
import { securityAfter } from './environment-security.js';
import { EnvironmentsRepository } from './environments.repository.js';

/** An environment after its import. */
export interface ImportedEnvironmentRow {
  readonly id: string;
  /** The one it has here. */
  readonly name: string;
  readonly status: Status;
  readonly outcome: ImportOutcome;
  /** Fields that differ from the source's. */
  readonly kept?: readonly string[];
  readonly endpointsImportedAt: Date | null;
}

/** Writes environments of other registries. */
@Injectable()
export class EnvironmentsImporter {
  constructor(
    private readonly environments: EnvironmentsRepository,
    private readonly changes: ChangeRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * The environment that an earlier import added, whatever its name here, otherwise the one with the same name. It is locked
   * until the transaction ends.
   */
  async locate(
    applicationId: string,
    { name, origin }: Pick<ImportedEnvironment, 'name' | 'origin'>,
  ): Promise<EnvironmentEntity | null> {
    const added =
      origin?.id === undefined ? null : await this.environments.findAndLock(applicationId, { id: origin.id });
    return added ?? this.environments.findAndLock(applicationId, { name });
  }

  /**
   * Creates the environment, with its id in the other registry unless that is taken, or updates the located one where it
   * differs, unless it was changed here since the last import.
   *
   * @throws EnvironmentExists when the application has another one of that name
   */
  async import(
    application: { readonly id: string; readonly appKey: string },
    environment: EnvironmentEntity | null,
    { name, description, baseDomain, security, customPrompt, status, health, origin }: ImportedEnvironment,
    { overwrite }: ImportPolicy,
  ): Promise<ImportedEnvironmentRow> {
    const now = this.clock.now();
    if (environment === null) {
      const created = await this.environments.insert({
        id: await this.availableId(origin?.id),
        name,
        description: description ?? null,
        baseDomain: baseDomain ?? null,
        security: securityAfter(null, security, now) ?? null,
        customPrompt: customPrompt ?? null,
        applicationId: application.id,
        status,
        ...health,
        createdAt: origin?.createdAt ?? now,
        updatedAt: origin?.updatedAt ?? now,
        importedAt: now,
      });
      const after = toResponse(EnvironmentResponse, created);
      this.changes.record(
        environmentChange(application.appKey, created, { action: 'environment.created', after }),
      );
      return { ...created, outcome: 'added' };
    }
    const changed = changedFields<EnvironmentEntity>(environment, {
      name,
      description,
      baseDomain,
      security: securityAfter(environment.security, security, now),
      customPrompt,
      status,
    });
    if (changed === undefined) return { ...environment, outcome: 'unchanged' };
    if (environment.importedAt === null && !overwrite) {
      return { ...environment, outcome: 'kept', kept: Object.keys(changed.after) };
    }
    const updated = { ...environment, ...changed.after };
    await this.environments.update(environment.id, {
      ...changed.after,
      updatedAt: origin?.updatedAt ?? now,
      importedAt: now,
    });
    this.changes.record(
      environmentChange(application.appKey, updated, { action: 'environment.updated', ...changed }),
    );
    return { ...updated, outcome: 'updated' };
  }

  /** Notes that the endpoints of an environment are those of an import. */
  async markEndpoints(id: string): Promise<void> {
    await this.environments.update(id, { endpointsImportedAt: this.clock.now() });
  }

  /** An id for a new application or environment: the wanted one, unless there is none or it is taken. */
  async availableId(wanted: string | undefined): Promise<string> {
    return wanted === undefined || (await this.environments.isIdTaken(wanted)) ? newId() : wanted;
  }
}
