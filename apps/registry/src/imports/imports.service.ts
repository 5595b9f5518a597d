import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import { AppConfig } from '#libs/config/app-config.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { ApplicationsService } from '../applications/applications.service.js';
import { CreateApplicationRequest } from '../applications/dto/create-application.request.js';
import { EndpointRegistration } from '../endpoints/dto/endpoint-registration.js';
import type { ImportedEndpoint } from '../endpoints/dto/imported-endpoint.js';
import { TooManyEndpoints } from '../endpoints/endpoint.errors.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { CreateEnvironmentRequest } from '../environments/dto/create-environment.request.js';
import type { ImportOutcome } from '../environments/dto/imported-environment.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { HistoryImportService } from '../health/history/history-import.service.js';
import { ImportTally } from './import-tally.js';
import { explained, salvaged } from './salvage.js';
import type { SourceApplication, SourceEnvironment, SourceRecord } from './source-record.js';

/** What is undone at the end of a dry run. */
class NotMeant extends Error {}

/** Endpoints that are checked before anything else gets its turn, a signal for instance. */
const SLICE = 200;

export interface ImportOptions {
  /** true: everything is done and undone again, so that what it says is what would be. */
  readonly dryRun: boolean;
  /** Takes part in the transaction of the application, as its last step. */
  readonly beforeCommit?: (application: PlacedApplication) => Promise<void>;
}

/** Where an application of the source is here. */
export interface PlacedApplication {
  readonly id: string;
  readonly appKey: string;
  /** By name, those that were taken over. */
  readonly environments: ReadonlyMap<string, { readonly id: string; readonly sourceId: string | undefined }>;
}

interface CheckedEnvironment {
  readonly source: SourceEnvironment;
  readonly request: CreateEnvironmentRequest;
  readonly status: 'ACTIVE' | 'INACTIVE' | undefined;
  readonly endpoints: readonly ImportedEndpoint[];
  readonly keepOthers: boolean;
}

/** Writes applications that come from other registries, by the rules of this one. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly environments: EnvironmentsService,
    private readonly endpoints: EndpointsService,
    private readonly apiKeys: ApiKeysService,
    private readonly history: HistoryImportService,
    private readonly transactions: AuditedTransactions,
    private readonly config: AppConfig,
  ) {}

  /**
   * Makes an application and everything below it as the source has it, in one transaction with its audit entries. What
   * names a record must keep to the rules, or the record is skipped; any other field that does not is left out.
   *
   * @returns undefined when the application was skipped
   */
  async importApplication(
    source: SourceApplication,
    tally: ImportTally,
    { dryRun, beforeCommit }: ImportOptions,
  ): Promise<PlacedApplication | undefined> {
    const request = await this.checked(source, tally);
    if (request === undefined) {
      tally.add('applications', 'skipped');
      return undefined;
    }
    const environments: CheckedEnvironment[] = [];
    for (const environment of source.environments) {
      const checked = await this.checkedEnvironment(environment, tally);
      if (checked !== undefined) environments.push(checked);
    }
    let placed: PlacedApplication | undefined;
    const written = new ImportTally();
    try {
      await this.transactions.run(
        'application.updated',
        async () => {
          placed = await this.write(source, request, environments, written);
          await beforeCommit?.(placed);
          if (dryRun) throw new NotMeant();
        },
        'cli',
      );
    } catch (error) {
      if (!(error instanceof NotMeant)) throw error;
    }
    tally.include(written);
    return placed;
  }

  private async checked(
    source: SourceApplication,
    tally: ImportTally,
  ): Promise<CreateApplicationRequest | undefined> {
    const { value, mistakes } = await salvaged(
      CreateApplicationRequest,
      source.fields,
      ['description', 'healthCheckUrl', 'authenticationMethod'],
      (request) => this.applications.mistakesIn(request),
    );
    if (mistakes.length > 0) tally.problem(source.record, explained(mistakes));
    return value;
  }

  private async checkedEnvironment(
    source: SourceEnvironment,
    tally: ImportTally,
  ): Promise<CheckedEnvironment | undefined> {
    const { value, mistakes } = await salvaged(
      CreateEnvironmentRequest,
      source.fields,
      ['description', 'baseDomain'],
      (request) => this.environments.mistakesIn(request),
    );
    if (mistakes.length > 0) tally.problem(source.record, explained(mistakes));
    if (value === undefined) {
      tally.add('environments', 'skipped');
      tally.add('endpoints', 'skipped', source.endpoints.length);
      tally.add('apiKeys', 'skipped', source.apiKeys.length);
      return undefined;
    }
    const { max, endpoints } = { max: this.config.batch.maxEndpoints, endpoints: source.endpoints };
    if (endpoints.length > max) {
      tally.problem(source.record, new TooManyEndpoints(endpoints.length, max).message);
      tally.add('endpoints', 'skipped', endpoints.length);
    }
    const checked = endpoints.length > max ? [] : await this.checkedEndpoints(endpoints, tally);
    return {
      source,
      request: value,
      status: source.fields.status as CheckedEnvironment['status'],
      endpoints: checked,
      keepOthers: source.isPartial || checked.length < endpoints.length,
    };
  }

  private async checkedEndpoints(
    sources: readonly SourceRecord[],
    tally: ImportTally,
  ): Promise<ImportedEndpoint[]> {
    const checked = new Map<string, ImportedEndpoint>();
    for (const [index, { record, fields, origin }] of sources.entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn();
      const { value: registration, mistakes } = await salvaged(EndpointRegistration, fields, [
        'description',
        'authType',
        'authConfig',
        'contentType',
        'pathParams',
        'queryParams',
        'requestBody',
        'responseBody',
      ]);
      if (mistakes.length > 0) tally.problem(record, explained(mistakes));
      const operation = registration && `${registration.method} ${registration.path}`;
      const isRepeated = operation !== undefined && checked.has(operation);
      if (isRepeated) tally.problem(record, `repeats ${operation}: the first one counts`);
      if (registration === undefined || operation === undefined || isRepeated) {
        tally.add('endpoints', 'skipped');
      } else {
        checked.set(operation, { registration, origin });
      }
    }
    return [...checked.values()];
  }

  private async write(
    source: SourceApplication,
    request: CreateApplicationRequest,
    environments: readonly CheckedEnvironment[],
    tally: ImportTally,
  ): Promise<PlacedApplication> {
    const { appKey, origin, health } = source;
    const { description, healthCheckUrl, authenticationMethod } = request;
    const application = await this.applications.import({
      appKey,
      name: source.isNamedAfterKey ? undefined : request.name,
      description,
      healthCheckUrl,
      authenticationMethod: authenticationMethod ?? undefined,
      status: source.fields.status as 'ACTIVE' | 'INACTIVE' | undefined,
      health,
      origin,
    });
    tally.add('applications', application.outcome);
    const placed = { id: application.id, appKey };
    const places = new Map<string, { id: string; sourceId: string | undefined }>();
    const added = application.outcome === 'added' ? [application.id] : [];
    for (const environment of environments) {
      const { id, outcome } = await this.writeEnvironment(placed, environment, tally);
      places.set(environment.request.name, { id, sourceId: environment.source.sourceId });
      if (outcome === 'added') added.push(id);
    }
    if (added.length > 0) await this.history.carryOn(added);
    return { ...placed, environments: places };
  }

  private async writeEnvironment(
    application: { readonly id: string; readonly appKey: string },
    { source, request, status, endpoints, keepOthers }: CheckedEnvironment,
    tally: ImportTally,
  ): Promise<{ id: string; outcome: ImportOutcome }> {
    const { name, description, baseDomain } = request;
    const environment = await this.environments.import(application, {
      name,
      description,
      baseDomain,
      status,
      health: source.health,
      origin: source.origin,
    });
    tally.add('environments', environment.outcome);
    const registered = await this.endpoints.import(
      {
        applicationId: application.id,
        appKey: application.appKey,
        environmentId: environment.id,
        environment: name,
      },
      endpoints,
      { keepOthers },
    );
    for (const outcome of ['added', 'updated', 'deleted', 'unchanged'] as const) {
      tally.add('endpoints', outcome, registered[outcome]);
    }
    const keys = await this.apiKeys.import(
      { appKey: application.appKey, environment: name },
      source.apiKeys.map(({ key }) => key),
    );
    for (const outcome of ['added', 'updated', 'unchanged'] as const) {
      tally.add('apiKeys', outcome, keys[outcome]);
    }
    return environment;
  }
}
