import { Injectable } from '@nestjs/common';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import { AppConfig } from '#libs/config/app-config.js';
import { DROPPABLE_FIELDS } from '#libs/domain/endpoint.js';
import type { ImportOutcome } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';
import { Slices } from '#libs/event-loop/slices.js';
import { ApiKeysImporter } from '../api-keys/api-keys.importer.js';
import { ApplicationsImporter } from '../applications/applications.importer.js';
import { ApplicationsService } from '../applications/applications.service.js';
import { CreateApplicationRequest } from '../applications/dto/create-application.request.js';
import { EndpointRegistration } from '../endpoints/dto/endpoint-registration.js';
import type { ImportedEndpoint } from '../endpoints/dto/imported-endpoint.js';
import { TooManyEndpoints } from '../endpoints/endpoint.errors.js';
import { EndpointsImporter } from '../endpoints/endpoints.importer.js';
import { CreateEnvironmentRequest } from '../environments/dto/create-environment.request.js';
import { EnvironmentsImporter } from '../environments/environments.importer.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { HealthHistoryImporter } from '../monitoring/health-history.importer.js';
import { ImportCounts } from './import-counts.js';
import { formatErrors, parseLenient } from './lenient-validation.js';
import type { SourceApplication, SourceEnvironment, SourceRecord } from './source-record.js';

/** Thrown to roll back a dry run. */
class DryRunRollback extends Error {}

export interface ImportOptions {
  /** true: everything is written and rolled back, so that the result is exact. */
  readonly dryRun: boolean;
  /** Runs in the transaction of the application, as its last step. */
  readonly beforeCommit?: (application: PlacedApplication) => Promise<void>;
}

/** An imported application. */
export interface PlacedApplication {
  readonly id: string;
  readonly appKey: string;
  /** Imported environments by name. */
  readonly environments: ReadonlyMap<string, { readonly id: string; readonly sourceId: string | undefined }>;
}

interface CheckedEnvironment {
  readonly source: SourceEnvironment;
  readonly request: CreateEnvironmentRequest;
  readonly status: Status | undefined;
  readonly endpoints: readonly ImportedEndpoint[];
  readonly keepOthers: boolean;
}

/** Imports applications of other registries by the rules of this one. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly applicationRules: ApplicationsService,
    private readonly environmentRules: EnvironmentsService,
    private readonly applications: ApplicationsImporter,
    private readonly environments: EnvironmentsImporter,
    private readonly endpoints: EndpointsImporter,
    private readonly apiKeys: ApiKeysImporter,
    private readonly history: HealthHistoryImporter,
    private readonly transactions: AuditedTransactions,
    private readonly config: AppConfig,
  ) {}

  /**
   * Writes an application and everything below it in one transaction with its audit entries. Records with an
   * invalid name or key are skipped; other invalid fields are left out.
   *
   * @returns undefined when the application was skipped
   */
  async importApplication(
    source: SourceApplication,
    tally: ImportCounts,
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
    const written = new ImportCounts();
    try {
      await this.transactions.run(
        'application.updated',
        async () => {
          placed = await this.write(source, request, environments, written);
          await beforeCommit?.(placed);
          if (dryRun) throw new DryRunRollback();
        },
        'cli',
      );
    } catch (error) {
      if (!(error instanceof DryRunRollback)) throw error;
    }
    tally.include(written);
    return placed;
  }

  private async checked(
    source: SourceApplication,
    tally: ImportCounts,
  ): Promise<CreateApplicationRequest | undefined> {
    const { value, mistakes } = await parseLenient(
      CreateApplicationRequest,
      source.fields,
      ['description', 'healthCheckUrl', 'authenticationMethod', 'owner'],
      (request) => this.applicationRules.ruleErrors(request),
    );
    if (mistakes.length > 0) tally.problem(source.record, formatErrors(mistakes));
    return value;
  }

  private async checkedEnvironment(
    source: SourceEnvironment,
    tally: ImportCounts,
  ): Promise<CheckedEnvironment | undefined> {
    const { value, mistakes } = await parseLenient(
      CreateEnvironmentRequest,
      source.fields,
      ['description', 'baseDomain', 'security', 'customPrompt'],
      (request) => this.environmentRules.ruleErrors(request),
    );
    if (mistakes.length > 0) tally.problem(source.record, formatErrors(mistakes));
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
    tally: ImportCounts,
  ): Promise<ImportedEndpoint[]> {
    const checked = new Map<string, ImportedEndpoint>();
    const slices = new Slices();
    for (const { record, fields, origin } of sources) {
      await slices.pause();
      const { value: registration, mistakes } = await parseLenient(
        EndpointRegistration,
        fields,
        DROPPABLE_FIELDS,
      );
      if (mistakes.length > 0) tally.problem(record, formatErrors(mistakes));
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
    tally: ImportCounts,
  ): Promise<PlacedApplication> {
    const { appKey, origin, health } = source;
    const { description, healthCheckUrl, authenticationMethod, owner } = request;
    const application = await this.applications.import({
      appKey,
      name: source.isNamedAfterKey ? undefined : request.name,
      description,
      healthCheckUrl,
      authenticationMethod: authenticationMethod ?? undefined,
      owner,
      status: source.fields.status as Status | undefined,
      health,
      origin,
    });
    tally.add('applications', application.outcome);
    const placed = { id: application.id, appKey: application.appKey };
    const places = new Map<string, { id: string; sourceId: string | undefined }>();
    const added = application.outcome === 'added' ? [application.id] : [];
    for (const environment of environments) {
      const { id, outcome } = await this.writeEnvironment(placed, environment, tally);
      places.set(environment.request.name, { id, sourceId: environment.source.sourceId });
      if (outcome === 'added') added.push(id);
    }
    if (added.length > 0) await this.history.seedStatuses(added);
    return { ...placed, environments: places };
  }

  private async writeEnvironment(
    application: { readonly id: string; readonly appKey: string },
    { source, request, status, endpoints, keepOthers }: CheckedEnvironment,
    tally: ImportCounts,
  ): Promise<{ id: string; outcome: ImportOutcome }> {
    const { name, description, baseDomain, security, customPrompt } = request;
    const environment = await this.environments.import(application, {
      name,
      description,
      baseDomain,
      security,
      customPrompt,
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
