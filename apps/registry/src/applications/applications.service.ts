import { Injectable } from '@nestjs/common';
import { OutsideBindings } from '#libs/access/access.errors.js';
import { Bindings } from '#libs/access/bindings.js';
import type { Caller, OperatorCaller } from '#libs/access/caller.js';
import { DEFAULT_ENVIRONMENT } from '#libs/access/requested-environment.js';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { changedFields } from '#libs/audit-trail/changed-fields.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DatabaseClock } from '#libs/database/database-clock.js';
import { newId } from '#libs/database/new-id.js';
import { ApplicationNotFound } from '#libs/domain/not-found.errors.js';
import { EgressPolicy } from '#libs/egress/egress-policy.js';
import { editedStateTag } from '#libs/entity-tags/edited-state-tag.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import { type Listing, listing } from '#libs/pagination/listing.js';
import type { PageQuery } from '#libs/pagination/page-query.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import { assertValid } from '#libs/problem-details/invalid-input.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { CreateEnvironmentRequest } from '../environments/dto/create-environment.request.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { appKeyFrom, distinguished } from './app-key.js';
import { AppKeyAliasesRepository } from './app-key-aliases.repository.js';
import type { ApplicationEntity } from './application.entity.js';
import { AppKeyTaken, EnvironmentMayNotUpdate, FieldIsForOperators } from './application.errors.js';
import { answer, singleAnswer, tagOf, withEnvironments } from './application-answers.js';
import { applicationChange } from './application-change.js';
import { ApplicationsRepository } from './applications.repository.js';
import {
  ApplicationResponse,
  type ApplicationWithEnvironmentsResponse,
  type SingleApplicationResponse,
} from './dto/application.response.js';
import type { CreateApplicationRequest } from './dto/create-application.request.js';
import type { UpdateApplicationRequest } from './dto/update-application.request.js';
import { refusePartOfApplication } from './part-of-application.js';

/** What an application does not change of itself. */
const FOR_OPERATORS = ['status', 'authenticationMethod', 'owner'] as const;

@Injectable()
export class ApplicationsService {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly formerKeys: AppKeyAliasesRepository,
    private readonly aliases: AppKeyAliases,
    private readonly environments: EnvironmentsService,
    private readonly changes: ChangeRecorder,
    private readonly preconditions: Preconditions,
    private readonly egress: EgressPolicy,
    private readonly clock: DatabaseClock,
    private readonly config: AppConfig,
  ) {}

  /** Those an operator of these bindings sees. */
  list(query: PageQuery, bindings: Bindings): Promise<Listing<ApplicationResponse>> {
    return listing(
      query,
      (after, limit) => this.applications.list(bindings, after, limit),
      (application) => toResponse(ApplicationResponse, application),
    );
  }

  /** @throws AppKeyTaken, AppKeyIsAlias; OutsideBindings when a part of it lies outside those of the operator */
  async create(
    request: CreateApplicationRequest,
    caller: OperatorCaller,
  ): Promise<TaggedResponse<ApplicationWithEnvironmentsResponse>> {
    const initial = request.environments ?? [{ name: DEFAULT_ENVIRONMENT }];
    assertValid([
      ...this.ruleErrors(request),
      ...repeatedNames(initial),
      ...initial.flatMap((each, index) => this.environments.ruleErrors(each, `#/environments/${index}`)),
    ]);
    const { bindings } = caller;
    if (!initial.every(({ name }) => bindings.includesEnvironment(name))) throw new OutsideBindings(caller);
    const application = await this.insert(request);
    if (!bindings.includesApplication(application.appKey)) throw new OutsideBindings(caller);
    const environments: EnvironmentResponse[] = [];
    for (const environment of initial) {
      environments.push(await this.environments.createIn(application.id, environment));
    }
    const created = withEnvironments(application, environments);
    this.changes.record(applicationChange(application, { after: created }));
    return TaggedResponse.of(created);
  }

  /** With the environments that an operator of these bindings sees, and its aliases. @throws ApplicationNotFound */
  async get(appKey: string, bindings: Bindings): Promise<TaggedResponse<SingleApplicationResponse>> {
    const application = await this.applications.find(appKey);
    if (application === null) throw new ApplicationNotFound(appKey);
    const environments = await this.environments.allOf(application.id, bindings);
    if (bindings.telltaleEnvironments !== null && environments.length === 0) {
      throw new ApplicationNotFound(appKey);
    }
    return singleAnswer(application, environments, await this.formerKeys.livingOf(application.id));
  }

  async update(
    appKey: string,
    request: UpdateApplicationRequest,
    caller: Caller,
  ): Promise<TaggedResponse<ApplicationResponse>> {
    this.refuseEnvironmentOf(caller);
    if (caller.kind === 'admin') refusePartOfApplication(caller);
    assertValid(this.ruleErrors(request));
    const application = await this.findAndLock(appKey);
    const environments = this.preconditions.areDemanded
      ? await this.environments.allOf(application.id, Bindings.NONE)
      : undefined;
    await this.preconditions.require(() => tagOf(application, environments ?? []));
    assertValid(await this.appKeyErrors(request, application));
    const { description, healthCheckUrl, status, authenticationMethod, owner } = request;
    const name = (await this.isPlaceholder(request, application, caller)) ? undefined : request.name;
    const changed = changedFields<ApplicationEntity>(application, {
      name,
      description,
      healthCheckUrl,
      status,
      authenticationMethod: authenticationMethod ?? undefined,
      owner,
    });
    if (changed === undefined) {
      // What was confirmed here counts as changed here.
      if (application.importedAt !== null) {
        await this.applications.update(application.id, { importedAt: null });
      }
      return answer(application, environments);
    }
    const reserved = FOR_OPERATORS.find((field) => changed.after[field] !== undefined);
    if (reserved !== undefined && caller.kind !== 'admin') throw new FieldIsForOperators(reserved);
    const update = { ...changed.after, updatedAt: this.clock.now(), importedAt: null };
    await this.applications.update(application.id, update);
    this.changes.record(applicationChange(application, changed));
    return answer({ ...application, ...update }, environments);
  }

  /** @throws ApplicationNotFound, OutsideBindings */
  async delete(appKey: string, caller: OperatorCaller): Promise<void> {
    refusePartOfApplication(caller);
    const application = await this.findAndLock(appKey);
    const environments = await this.environments.lockAllOf(application.id);
    const before = withEnvironments(application, environments);
    await this.preconditions.require(() => editedStateTag(before));
    await this.applications.delete(application.id);
    this.changes.record(applicationChange(application, { before }));
  }

  /**
   * Violations of rules beyond the shape of the request. A path is checked with the base domains it is joined
   * to.
   */
  ruleErrors({ healthCheckUrl }: UpdateApplicationRequest): InputError[] {
    if (healthCheckUrl == null || healthCheckUrl.startsWith('/')) return [];
    const detail = this.egress.refusalOfUrl(healthCheckUrl);
    return detail === undefined ? [] : [{ pointer: '#/healthCheckUrl', detail }];
  }

  private async insert(request: CreateApplicationRequest): Promise<ApplicationEntity> {
    const appKey = request.appKey ?? (await this.generatedKey(request.name));
    const now = this.clock.now();
    const row = {
      id: newId(),
      name: request.name,
      description: request.description ?? null,
      authenticationMethod: request.authenticationMethod ?? 'API_KEY',
      owner: request.owner ?? null,
      healthCheckUrl: request.healthCheckUrl ?? null,
      createdAt: now,
      updatedAt: now,
    };
    const inserted = await this.applications.insert({ ...row, appKey });
    if (inserted !== null) return inserted;
    // A generated key is varied; a requested one is a conflict.
    const second =
      request.appKey == null
        ? await this.applications.insert({ ...row, appKey: distinguished(appKey) })
        : null;
    if (second === null) throw new AppKeyTaken(appKey);
    return second;
  }

  private async generatedKey(name: string): Promise<string> {
    const appKey = appKeyFrom(name);
    return (await this.formerKeys.isAlias(appKey)) ? distinguished(appKey) : appKey;
  }

  /** Existing clients send the app key along, which must not look like a change that was made. */
  private async appKeyErrors(
    { appKey: sent }: UpdateApplicationRequest,
    { id, appKey }: ApplicationEntity,
  ): Promise<InputError[]> {
    if (sent == null || sent === '' || (await this.aliases.isOf(sent, { applicationId: id, appKey }))) {
      return [];
    }
    const detail = `is '${appKey}', which PUT does not change: leave it out, or rename the application by POST /applications/${appKey}/rename`;
    return [{ pointer: '#/appKey', detail }];
  }

  /** Client libraries send the app key at each start when they were given no name; that must not replace the one it has. */
  private async isPlaceholder(
    { name: sent }: UpdateApplicationRequest,
    { id, appKey, name }: ApplicationEntity,
    { kind }: Caller,
  ): Promise<boolean> {
    if (kind !== 'application' || sent === undefined || sent === name) return false;
    return this.aliases.isOf(sent, { applicationId: id, appKey });
  }

  private refuseEnvironmentOf(caller: Caller): void {
    const allowed = this.config.applicationUpdateEnvironments;
    if (caller.kind !== 'application' || allowed.length === 0 || allowed.includes(caller.environment)) return;
    throw new EnvironmentMayNotUpdate(caller.environment, allowed);
  }

  private async findAndLock(appKey: string): Promise<ApplicationEntity> {
    const application = await this.applications.findAndLock(appKey);
    if (application === null) throw new ApplicationNotFound(appKey);
    return application;
  }
}

function repeatedNames(environments: readonly CreateEnvironmentRequest[]): InputError[] {
  const names = environments.map(({ name }) => name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  return repeated === -1
    ? []
    : [{ pointer: `#/environments/${repeated}/name`, detail: 'must not be used twice' }];
}
