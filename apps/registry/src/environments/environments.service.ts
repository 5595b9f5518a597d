import { Injectable } from '@nestjs/common';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { EgressPolicy } from '#libs/egress/egress-policy.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { refuseInput } from '#libs/problem-details/invalid-input.js';
import { responseOf } from '#libs/responses/shown.decorator.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import { ApplicationNotFound } from '../applications/application.errors.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import type { CreateEnvironmentRequest } from './dto/create-environment.request.js';
import { EnvironmentResponse } from './dto/environment.response.js';
import type { ImportedEnvironment, ImportOutcome } from './dto/imported-environment.js';
import type { UpdateEnvironmentRequest } from './dto/update-environment.request.js';
import type { EnvironmentEntity } from './environment.entity.js';
import { EnvironmentNotFound } from './environment.errors.js';
import { EnvironmentsRepository } from './environments.repository.js';

@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly environments: EnvironmentsRepository,
    private readonly changes: ChangeRecorder,
    private readonly egress: EgressPolicy,
    private readonly clock: DatabaseClock,
  ) {}

  async list(appKey: string, query: PageQuery): Promise<Listing<EnvironmentResponse>> {
    const applicationId = await this.applicationId(appKey);
    return listing(
      query,
      (after, limit) => this.environments.listOf(applicationId, after, limit),
      (environment) => responseOf(EnvironmentResponse, environment),
    );
  }

  async allOf(applicationId: string): Promise<EnvironmentResponse[]> {
    const environments = await this.environments.listOf(applicationId);
    return environments.map((environment) => responseOf(EnvironmentResponse, environment));
  }

  /** Part of deleting the application, whose audit entry tells the environments as they were last. */
  async lockAllOf(applicationId: string): Promise<EnvironmentResponse[]> {
    const environments = await this.environments.lockAllOf(applicationId);
    return environments.map((environment) => responseOf(EnvironmentResponse, environment));
  }

  async create(appKey: string, request: CreateEnvironmentRequest): Promise<EnvironmentResponse> {
    refuseInput(this.mistakesIn(request));
    const applicationId = await this.environments.holdApplication(appKey);
    if (applicationId === undefined) throw new ApplicationNotFound(appKey);
    const environment = await this.createIn(applicationId, request);
    this.recordChange(appKey, environment, { after: environment });
    return environment;
  }

  /** What the rules of this registry, not the shape of the request, speak against. */
  mistakesIn({ baseDomain }: UpdateEnvironmentRequest, parent = '#'): InputError[] {
    if (baseDomain == null) return [];
    const detail = this.egress.refusalOfUrl(baseUrlOf(baseDomain));
    return detail === undefined ? [] : [{ pointer: `${parent}/baseDomain`, detail }];
  }

  /** Part of creating the application, whose audit entry speaks of it too. */
  async createIn(applicationId: string, request: CreateEnvironmentRequest): Promise<EnvironmentResponse> {
    const now = this.clock.now();
    const environment = await this.environments.insert({
      id: newId(),
      name: request.name,
      description: request.description ?? null,
      baseDomain: request.baseDomain ?? null,
      applicationId,
      createdAt: now,
      updatedAt: now,
    });
    return responseOf(EnvironmentResponse, environment);
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound */
  async get(appKey: string, name: string): Promise<EnvironmentResponse> {
    return responseOf(EnvironmentResponse, await this.find(appKey, name));
  }

  async update(
    appKey: string,
    name: string,
    request: UpdateEnvironmentRequest,
  ): Promise<EnvironmentResponse> {
    refuseInput(this.mistakesIn(request));
    const environment = await this.findAndLock(appKey, name);
    const { baseDomain, description, status } = request;
    const changed = changedFields<EnvironmentEntity>(environment, { baseDomain, description, status });
    if (changed === undefined) return responseOf(EnvironmentResponse, environment);
    const update = { ...changed.after, updatedAt: this.clock.now() };
    await this.environments.update(environment.id, update);
    this.recordChange(appKey, environment, changed);
    return responseOf(EnvironmentResponse, { ...environment, ...update });
  }

  async delete(appKey: string, name: string): Promise<void> {
    const environment = await this.findAndLock(appKey, name);
    await this.environments.delete(environment.id);
    this.recordChange(appKey, environment, { before: responseOf(EnvironmentResponse, environment) });
  }

  /**
   * Makes the environment as another registry has it, by its name: created, with the id it has there unless that is
   * taken, or changed where it differs. The row is locked until the transaction ends.
   */
  async import(
    application: { readonly id: string; readonly appKey: string },
    { name, description, baseDomain, status, health, origin }: ImportedEnvironment,
  ): Promise<{ id: string; outcome: ImportOutcome }> {
    const environment = await this.environments.findAndLock(application.id, name);
    const now = this.clock.now();
    if (environment === null) {
      const created = await this.environments.insert({
        id: await this.freeId(origin?.id),
        name,
        description: description ?? null,
        baseDomain: baseDomain ?? null,
        applicationId: application.id,
        status,
        ...health,
        createdAt: origin?.createdAt ?? now,
        updatedAt: origin?.updatedAt ?? now,
      });
      const after = responseOf(EnvironmentResponse, created);
      this.recordChange(application.appKey, created, { action: 'environment.created', after });
      return { id: created.id, outcome: 'added' };
    }
    const changed = changedFields<EnvironmentEntity>(environment, { description, baseDomain, status });
    if (changed === undefined) return { id: environment.id, outcome: 'unchanged' };
    await this.environments.update(environment.id, {
      ...changed.after,
      updatedAt: origin?.updatedAt ?? now,
    });
    this.recordChange(application.appKey, environment, { action: 'environment.updated', ...changed });
    return { id: environment.id, outcome: 'updated' };
  }

  /** An id for a new application or environment: the wanted one, unless there is none or it is taken. */
  async freeId(wanted: string | undefined): Promise<string> {
    return wanted === undefined || (await this.environments.isIdTaken(wanted)) ? newId() : wanted;
  }

  /**
   * Holds the environment until the transaction ends, so that batches for it come one after the other.
   *
   * @returns false when it no longer exists
   */
  async lock(environmentId: string): Promise<boolean> {
    return (await this.environments.lock(environmentId)) !== null;
  }

  private async find(appKey: string, name: string): Promise<EnvironmentEntity> {
    const environment = await this.environments.find(appKey, name);
    if (environment !== null) return environment;
    await this.applicationId(appKey);
    throw new EnvironmentNotFound(appKey, name);
  }

  private async findAndLock(appKey: string, name: string): Promise<EnvironmentEntity> {
    const { id } = await this.find(appKey, name);
    const environment = await this.environments.lock(id);
    if (environment === null) throw new EnvironmentNotFound(appKey, name);
    return environment;
  }

  private async applicationId(appKey: string): Promise<string> {
    const id = await this.environments.applicationId(appKey);
    if (id === undefined) throw new ApplicationNotFound(appKey);
    return id;
  }

  private recordChange(
    appKey: string,
    { id, name, applicationId }: Pick<EnvironmentEntity, 'id' | 'name' | 'applicationId'>,
    values: { action?: AuditAction; before?: unknown; after?: unknown },
  ): void {
    this.changes.record({
      resourceType: 'environment',
      resourceId: id,
      applicationId,
      appKey,
      environmentId: id,
      environment: name,
      ...values,
    });
  }
}
