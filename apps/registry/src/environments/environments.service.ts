import { Injectable } from '@nestjs/common';
import { OutsideBindings } from '#libs/access/access.errors.js';
import { Bindings } from '#libs/access/bindings.js';
import type { OperatorCaller } from '#libs/access/caller.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { ApplicationNotFound, EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import { EgressPolicy } from '#libs/egress/egress-policy.js';
import { editedStateTag } from '#libs/entity-tags/edited-state-tag.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { assertValid } from '#libs/problem-details/invalid-input.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import { baseUrlOf } from '#libs/validation/base-url.js';
import type { CreateEnvironmentRequest } from './dto/create-environment.request.js';
import { EnvironmentResponse } from './dto/environment.response.js';
import type { RenameEnvironmentRequest } from './dto/rename-environment.request.js';
import type { UpdateEnvironmentRequest } from './dto/update-environment.request.js';
import type { EnvironmentEntity } from './environment.entity.js';
import { environmentChange } from './environment-change.js';
import { securityAfter } from './environment-security.js';
import {
  type EnvironmentNames,
  EnvironmentsRepository,
  type LocatedEnvironment,
} from './environments.repository.js';

/** An environment, and the app key that its application has. */
export interface PlacedEnvironment {
  readonly appKey: string;
  readonly environment: EnvironmentResponse;
}

@Injectable()
export class EnvironmentsService {
  constructor(
    private readonly environments: EnvironmentsRepository,
    private readonly changes: ChangeRecorder,
    private readonly preconditions: Preconditions,
    private readonly egress: EgressPolicy,
    private readonly clock: DatabaseClock,
  ) {}

  /** Those an operator of these bindings sees. @throws ApplicationNotFound */
  async list(appKey: string, query: PageQuery, bindings: Bindings): Promise<Listing<EnvironmentResponse>> {
    const applicationId = await this.applicationId(appKey, bindings);
    return listing(
      query,
      (after, limit) => this.environments.listOf(applicationId, bindings, after, limit),
      (environment) => toResponse(EnvironmentResponse, environment),
    );
  }

  async allOf(applicationId: string, bindings: Bindings): Promise<EnvironmentResponse[]> {
    const environments = await this.environments.listOf(applicationId, bindings);
    return environments.map((environment) => toResponse(EnvironmentResponse, environment));
  }

  /** Part of deleting the application, whose audit entry tells the environments as they were last. */
  async lockAllOf(applicationId: string): Promise<EnvironmentResponse[]> {
    const environments = await this.environments.lockAllOf(applicationId);
    return environments.map((environment) => toResponse(EnvironmentResponse, environment));
  }

  /** @throws ApplicationNotFound, EnvironmentExists; OutsideBindings when the operator is bound to others */
  async create(
    appKey: string,
    request: CreateEnvironmentRequest,
    caller: OperatorCaller,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    assertValid(this.ruleErrors(request));
    const { bindings } = caller;
    const application = await this.environments.holdApplication(appKey);
    if (application === undefined || !(await this.isSeen(application.id, bindings))) {
      throw new ApplicationNotFound(appKey);
    }
    if (!bindings.includesEnvironment(request.name)) throw new OutsideBindings(caller);
    const environment = await this.createIn(application.id, request);
    this.changes.record(environmentChange(application.appKey, environment, { after: environment }));
    return TaggedResponse.of(environment);
  }

  /** What the rules of this registry, not the shape of the request, speak against. */
  ruleErrors({ baseDomain }: UpdateEnvironmentRequest, parent = '#'): InputError[] {
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
      security: securityAfter(null, request.security, now) ?? null,
      customPrompt: request.customPrompt ?? null,
      applicationId,
      createdAt: now,
      updatedAt: now,
    });
    return toResponse(EnvironmentResponse, environment);
  }

  /** @throws ApplicationNotFound, EnvironmentNotFound */
  async get(appKey: string, name: string): Promise<PlacedEnvironment> {
    const found = await this.find(appKey, name);
    return { appKey: found.appKey, environment: toResponse(EnvironmentResponse, found.environment) };
  }

  /** With its entity tag. @throws ApplicationNotFound, EnvironmentNotFound */
  async getTagged(appKey: string, name: string): Promise<TaggedResponse<EnvironmentResponse>> {
    return tagged((await this.find(appKey, name)).environment);
  }

  async update(
    given: string,
    name: string,
    request: UpdateEnvironmentRequest,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    assertValid(this.ruleErrors(request));
    const { appKey, environment } = await this.findAndLock(given, name);
    await this.preconditions.require(() => editedStateTag(toResponse(EnvironmentResponse, environment)));
    assertValid(nameErrors(request, environment, appKey));
    const { baseDomain, description, customPrompt, status } = request;
    const now = this.clock.now();
    const changed = changedFields<EnvironmentEntity>(environment, {
      baseDomain,
      description,
      security: securityAfter(environment.security, request.security, now),
      customPrompt,
      status,
    });
    if (changed === undefined) {
      // What was confirmed here counts as changed here.
      if (environment.importedAt !== null) {
        await this.environments.update(environment.id, { importedAt: null });
      }
      return tagged(environment);
    }
    const update = { ...changed.after, updatedAt: now, importedAt: null };
    await this.environments.update(environment.id, update);
    this.changes.record(environmentChange(appKey, environment, changed));
    return tagged({ ...environment, ...update });
  }

  /**
   * Gives the environment another name; nothing else of it changes, and its old name means nothing any more. A later import
   * leaves it the name.
   *
   * @throws ApplicationNotFound, EnvironmentNotFound, EnvironmentExists; OutsideBindings when the operator is bound to others
   */
  async rename(
    given: string,
    name: string,
    { name: wanted }: RenameEnvironmentRequest,
    caller: OperatorCaller,
  ): Promise<TaggedResponse<EnvironmentResponse>> {
    const { appKey, environment } = await this.findAndLock(given, name);
    await this.preconditions.require(() => editedStateTag(toResponse(EnvironmentResponse, environment)));
    if (!caller.bindings.includesEnvironment(wanted)) throw new OutsideBindings(caller);
    const changed = changedFields<EnvironmentEntity>(environment, { name: wanted });
    if (changed === undefined) return tagged(environment);
    const update = { name: wanted, updatedAt: this.clock.now(), importedAt: null };
    await this.environments.update(environment.id, update);
    const renamed = { ...environment, ...update };
    this.changes.record(environmentChange(appKey, renamed, changed));
    return tagged(renamed);
  }

  async delete(given: string, name: string): Promise<void> {
    const { appKey, environment } = await this.findAndLock(given, name);
    const before = toResponse(EnvironmentResponse, environment);
    await this.preconditions.require(() => editedStateTag(before));
    await this.environments.delete(environment.id);
    this.changes.record(environmentChange(appKey, environment, { before }));
  }

  /**
   * Holds the environment until the transaction ends.
   *
   * @returns false when it no longer exists
   */
  async lock(environmentId: string): Promise<boolean> {
    return (await this.environments.lock(environmentId)) !== null;
  }

  /**
   * Part of registering its endpoints: holds the environment until the transaction ends, so that batches for it come one
   * after the other. A later import then leaves its endpoints alone.
   *
   * @returns how the environment and its application are called now; undefined when it no longer exists
   */
  async holdForRegistration(environmentId: string): Promise<EnvironmentNames | undefined> {
    const held = await this.environments.lockAndName(environmentId);
    if (held === undefined) return undefined;
    const { endpointsImportedAt, ...names } = held;
    if (endpointsImportedAt !== null) {
      await this.environments.update(environmentId, { endpointsImportedAt: null });
    }
    return names;
  }

  private async find(appKey: string, name: string): Promise<LocatedEnvironment> {
    const found = await this.environments.find(appKey, name);
    if (found !== null) return found;
    await this.applicationId(appKey, Bindings.NONE);
    throw new EnvironmentNotFound(appKey, name);
  }

  private async findAndLock(given: string, name: string): Promise<LocatedEnvironment> {
    const {
      appKey,
      environment: { id },
    } = await this.find(given, name);
    const environment = await this.environments.lock(id);
    if (environment === null) throw new EnvironmentNotFound(appKey, name);
    return { appKey, environment };
  }

  private async applicationId(appKey: string, bindings: Bindings): Promise<string> {
    const application = await this.environments.application(appKey);
    if (application === undefined || !(await this.isSeen(application.id, bindings))) {
      throw new ApplicationNotFound(appKey);
    }
    return application.id;
  }

  private async isSeen(applicationId: string, { telltaleEnvironments }: Bindings): Promise<boolean> {
    return (
      telltaleEnvironments === null || (await this.environments.hasOneOf(applicationId, telltaleEnvironments))
    );
  }
}

function nameErrors(
  { name: sent }: UpdateEnvironmentRequest,
  { name }: EnvironmentEntity,
  appKey: string,
): InputError[] {
  if (sent == null || sent === '' || sent === name) return [];
  const detail = `is '${name}', which PUT does not change: leave it out, or rename the environment by POST /applications/${appKey}/environments/${name}/rename`;
  return [{ pointer: '#/name', detail }];
}

function tagged(environment: EnvironmentEntity): TaggedResponse<EnvironmentResponse> {
  return TaggedResponse.of(toResponse(EnvironmentResponse, environment));
}
