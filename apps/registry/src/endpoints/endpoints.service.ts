import { Injectable } from '@nestjs/common';
import { OtherEnvironment } from '#libs/access/access.errors.js';
import type { ApplicationCaller } from '#libs/access/caller.js';
import { DEFAULT_ENVIRONMENT, environmentNamed } from '#libs/access/requested-environment.js';
import { AppKeyAliases } from '#libs/app-keys/app-key-aliases.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { EnvironmentNotFound } from '#libs/domain/not-found.errors.js';
import { EndpointSet } from '#libs/entity-tags/endpoint-set.js';
import { type CurrentState, Preconditions } from '#libs/entity-tags/preconditions.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { DefinitionsRepository } from './definitions.repository.js';
import type { RegisterEndpointsRequest, ReplaceEndpointsRequest } from './dto/register-endpoints.request.js';
import type { RegisterEndpointsResponse } from './dto/register-endpoints.response.js';
import { StorageQuotaExceeded } from './endpoint.errors.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { endpointsChange, type RegisteringEnvironment } from './endpoints-change.js';
import { definitionsSummary, registrationSummary, type Telling } from './registration-summary.js';
import { registrationWarnings } from './registration-warnings.js';
import { validDefinitions } from './valid-definitions.js';
import { validEndpoints } from './valid-endpoints.js';

@Injectable()
export class EndpointsService {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly definitions: DefinitionsRepository,
    private readonly environments: EnvironmentsService,
    private readonly aliases: AppKeyAliases,
    private readonly changes: ChangeRecorder,
    private readonly preconditions: Preconditions,
    private readonly set: EndpointSet,
    private readonly config: AppConfig,
  ) {}

  /**
   * Makes the registered set of the caller's environment equal to the batch. The environment is always the one
   * the caller's API key is bound to; what the request says of it only has to agree.
   *
   * @throws StorageQuotaExceeded
   */
  async register(
    caller: ApplicationCaller,
    request: RegisterEndpointsRequest,
    { environmentHeader, dryRun }: { environmentHeader: string | undefined; dryRun: boolean },
  ): Promise<RegisterEndpointsResponse> {
    await this.refuseContradiction(caller, request, environmentHeader);
    return this.replaceIn(caller, request, { dryRun, namesChanges: dryRun });
  }

  /**
   * As {@link register}, by an operator, who is told of every change.
   *
   * @throws ApplicationNotFound, EnvironmentNotFound, StorageQuotaExceeded
   */
  async replace(
    given: string,
    environmentName: string,
    request: ReplaceEndpointsRequest,
    { dryRun }: { dryRun: boolean },
  ): Promise<RegisterEndpointsResponse> {
    const { appKey, environment } = await this.environments.get(given, environmentName);
    const { id, name, applicationId } = environment;
    const place = { applicationId, appKey, environmentId: id, environment: name };
    return this.replaceIn(place, request, { dryRun, namesChanges: true });
  }

  private async replaceIn(
    known: RegisteringEnvironment,
    request: ReplaceEndpointsRequest,
    telling: Telling,
  ): Promise<RegisterEndpointsResponse> {
    const { dryRun } = telling;
    const batch = await validEndpoints(request.endpoints, this.config.batch.maxEndpoints);
    const definitions = validDefinitions(request.definitions);
    const place = dryRun ? known : await this.hold(known);
    const { environmentId, environment, appKey } = place;
    await this.preconditions.require(() => this.state(appKey, environment));
    const differences = await this.endpoints.differences(environmentId, batch);
    const definitionDifferences = await this.definitions.differences(environmentId, definitions);
    if (!dryRun && differences.length + definitionDifferences.length > 0) {
      this.changes.record(await endpointsChange(place, differences, definitionDifferences));
      await this.withinQuota(place, async () => {
        if (definitionDifferences.length > 0)
          await this.definitions.apply(environmentId, definitionDifferences);
        if (differences.length > 0) await this.endpoints.apply(environmentId, differences);
      });
    }
    const warnings = await registrationWarnings(batch, definitions, differences);
    return {
      ...registrationSummary(environment, batch.length, differences, telling),
      ...definitionsSummary(definitions.length, definitionDifferences, telling),
      ...(warnings.length > 0 && { warnings }),
    };
  }

  /** The changes of an application come one after the other: together they cannot pass its quota. */
  private async withinQuota(
    { applicationId }: RegisteringEnvironment,
    apply: () => Promise<void>,
  ): Promise<void> {
    const max = this.config.applicationQuotas.storedBytes;
    if (max === undefined) return apply();
    const before = await this.endpoints.storedBytes(applicationId);
    await apply();
    const bytes = await this.endpoints.storedBytes(applicationId);
    // An application beyond a quota that was lowered may still register less.
    if (bytes > max && bytes > before) throw new StorageQuotaExceeded(bytes, max);
  }

  /** Locks the environment, which may be called otherwise than when the request was admitted. */
  private async hold(place: RegisteringEnvironment): Promise<RegisteringEnvironment> {
    const names = await this.environments.holdForRegistration(place.environmentId);
    if (names === undefined) throw new EnvironmentNotFound(place.appKey, place.environment);
    return { ...place, ...names };
  }

  private async state(appKey: string, environment: string): Promise<CurrentState> {
    const state = await this.set.state(appKey, environment);
    if (state === undefined) throw new EnvironmentNotFound(appKey, environment);
    return state;
  }

  private async refuseContradiction(
    caller: ApplicationCaller,
    request: RegisterEndpointsRequest,
    header: string | undefined,
  ): Promise<void> {
    if (!(await this.aliases.isOf(request.app_key, caller))) {
      throw new InvalidInput([
        { pointer: '#/app_key', detail: 'must be the application of the X-App-Key header' },
      ]);
    }
    refuseOtherEnvironment(caller, request, header);
  }
}

function refuseOtherEnvironment(
  caller: ApplicationCaller,
  request: RegisterEndpointsRequest,
  header: string | undefined,
): void {
  const environment = environmentNamed(request.environment) ?? DEFAULT_ENVIRONMENT;
  if (header !== undefined && header !== environment) {
    throw new InvalidInput([
      { pointer: '#/environment', detail: `is ${environment}, which the X-Environment header contradicts` },
    ]);
  }
  if (environment !== caller.environment) {
    const { appKey, apiKeyId } = caller;
    throw new OtherEnvironment(caller.environment, { appKey, environment, apiKeyId });
  }
}
