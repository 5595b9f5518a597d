import { Injectable } from '@nestjs/common';
import { CredentialsRefused } from '#libs/access/access.errors.js';
import type { ApplicationCaller } from '#libs/access/caller.js';
import { DEFAULT_ENVIRONMENT, environmentNamed } from '#libs/access/environment-meant.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { inSlices } from '#libs/event-loop/slices.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { EnvironmentNotFound } from '../environments/environment.errors.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import type { ImportedEndpoint } from './dto/imported-endpoint.js';
import type { RegisterEndpointsRequest } from './dto/register-endpoints.request.js';
import type { EndpointChange, RegisterEndpointsResponse } from './dto/register-endpoints.response.js';
import { type EndpointDifference, EndpointsRepository } from './endpoints.repository.js';
import { stored, validEndpoints } from './valid-endpoints.js';

/** Where endpoints are registered. */
type EndpointsPlace = Pick<ApplicationCaller, 'applicationId' | 'appKey' | 'environmentId' | 'environment'>;

@Injectable()
export class EndpointsService {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly environments: EnvironmentsService,
    private readonly changes: ChangeRecorder,
    private readonly config: AppConfig,
  ) {}

  /**
   * Makes the registered set of the caller's environment equal to the batch. The environment is always the one
   * the caller's API key is bound to; what the request says of it only has to agree.
   */
  async register(
    caller: ApplicationCaller,
    request: RegisterEndpointsRequest,
    { environmentHeader, dryRun }: { environmentHeader: string | undefined; dryRun: boolean },
  ): Promise<RegisterEndpointsResponse> {
    refuseContradiction(caller, request, environmentHeader);
    const batch = await validEndpoints(request.endpoints, this.config.batch.maxEndpoints);
    const { environmentId, environment, appKey } = caller;
    if (!dryRun && !(await this.environments.lock(environmentId)))
      throw new EnvironmentNotFound(appKey, environment);
    const differences = await this.endpoints.differences(environmentId, batch);
    if (!dryRun && differences.length > 0) {
      await this.recordChange(caller, differences);
      await this.endpoints.apply(environmentId, differences);
    }
    return answer(environment, batch.length, differences, dryRun);
  }

  /**
   * Makes the registered set of an environment equal to what another registry has; with `keepOthers`, adds and updates
   * only. The environment is locked already. An empty list changes nothing, as one that got lost would delete all.
   *
   * @param endpoints none of which repeats another's method and path
   */
  async import(
    place: EndpointsPlace,
    endpoints: readonly ImportedEndpoint[],
    { keepOthers }: { keepOthers: boolean },
  ): Promise<Record<'added' | 'updated' | 'deleted' | 'unchanged', number>> {
    const batch = endpoints.map(({ registration, origin }) => ({ ...stored(registration), origin }));
    const all = batch.length === 0 ? [] : await this.endpoints.differences(place.environmentId, batch);
    const differences = all.filter(({ kind }) => kind !== 'deleted' || !keepOthers);
    if (differences.length > 0) {
      await this.recordChange(place, differences);
      await this.endpoints.apply(place.environmentId, differences);
    }
    const { added, updated, deleted, unchanged } = answer(
      place.environment,
      batch.length,
      differences,
      false,
    );
    return { added, updated, deleted, unchanged };
  }

  private async recordChange(
    caller: EndpointsPlace,
    differences: readonly EndpointDifference[],
  ): Promise<void> {
    this.changes.record({
      action: 'endpoints.registered',
      resourceType: 'endpoints',
      resourceId: caller.environmentId,
      applicationId: caller.applicationId,
      appKey: caller.appKey,
      environmentId: caller.environmentId,
      environment: caller.environment,
      ...(await auditValues(differences)),
    });
  }
}

function refuseContradiction(
  caller: ApplicationCaller,
  request: RegisterEndpointsRequest,
  header: string | undefined,
): void {
  const environment = environmentNamed(request.environment) ?? DEFAULT_ENVIRONMENT;
  if (request.app_key !== caller.appKey) {
    throw new InvalidInput([
      { pointer: '#/app_key', detail: 'must be the application of the X-App-Key header' },
    ]);
  }
  if (header !== undefined && header !== environment) {
    throw new InvalidInput([
      { pointer: '#/environment', detail: `is ${environment}, which the X-Environment header contradicts` },
    ]);
  }
  if (environment !== caller.environment) {
    const { appKey, apiKeyId } = caller;
    throw new CredentialsRefused({ reason: 'wrong-environment', appKey, environment, apiKeyId });
  }
}

function answer(
  environment: string,
  size: number,
  differences: readonly EndpointDifference[],
  dryRun: boolean,
): RegisterEndpointsResponse {
  const count = (kind: EndpointDifference['kind']): number =>
    differences.filter((each) => each.kind === kind).length;
  const [added, updated, deleted] = [count('added'), count('updated'), count('deleted')];
  const unchanged = size - added - updated;
  const verb = dryRun ? 'would be registered' : 'registered';
  return {
    added,
    updated,
    deleted,
    unchanged,
    message: `${size} endpoints ${verb} in ${environment}: ${added} added, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`,
    ...(dryRun && { changes: differences.map(described) }),
  };
}

function described(each: EndpointDifference): EndpointChange {
  const { method, path } = each.kind === 'deleted' ? each.old : each.new;
  return { change: each.kind, method, path, ...(each.kind === 'updated' && { fields: each.fields }) };
}

/**
 * What the trail keeps of a batch: deleted endpoints whole, of updated ones the fields that differ, of added
 * ones the operation. Together with the table every earlier state can be told.
 */
async function auditValues(
  differences: readonly EndpointDifference[],
): Promise<{ before: unknown; after: unknown }> {
  const before: Record<'updated' | 'deleted', Record<string, unknown>> = { updated: {}, deleted: {} };
  const after: { added: string[]; updated: Record<string, unknown> } = { added: [], updated: {} };
  await inSlices(differences, (each) => {
    const { method, path } = each.kind === 'deleted' ? each.old : each.new;
    const operation = `${method} ${path}`;
    if (each.kind === 'added') after.added.push(operation);
    else if (each.kind === 'deleted') before.deleted[operation] = each.old;
    else {
      before.updated[operation] = picked(each.old, each.fields);
      after.updated[operation] = picked(each.new, each.fields);
    }
  });
  return { before, after };
}

function picked(source: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, (source as Record<string, unknown>)[field]]));
}
