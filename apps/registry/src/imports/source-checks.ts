import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { DROPPABLE_FIELDS } from '#libs/domain/endpoint.js';
import type { Status } from '#libs/domain/status.js';
import { Slices } from '#libs/event-loop/slices.js';
import { ApplicationsService } from '../applications/applications.service.js';
import { CreateApplicationRequest } from '../applications/dto/create-application.request.js';
import { EndpointRegistration } from '../endpoints/dto/endpoint-registration.js';
import type { ImportedEndpoint } from '../endpoints/dto/imported-endpoint.js';
import { TooManyEndpoints } from '../endpoints/endpoint.errors.js';
import { CreateEnvironmentRequest } from '../environments/dto/create-environment.request.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import type { ImportCounts } from './import-counts.js';
import { formatErrors, parseLenient } from './lenient-validation.js';
import type { SourceApplication, SourceEnvironment, SourceRecord } from './source-record.js';

/** An application that can be written. */
export interface CheckedApplication {
  readonly source: SourceApplication;
  readonly request: CreateApplicationRequest;
  readonly environments: readonly CheckedEnvironment[];
}

/** An environment that can be written, with those of its endpoints that can be. */
export interface CheckedEnvironment {
  readonly source: SourceEnvironment;
  readonly request: CreateEnvironmentRequest;
  readonly status: Status | undefined;
  readonly endpoints: readonly ImportedEndpoint[];
  readonly keepOthers: boolean;
}

/** Checks applications of other registries by the rules of this one, and names in the counts what breaks them. */
@Injectable()
export class SourceChecks {
  constructor(
    private readonly applicationRules: ApplicationsService,
    private readonly environmentRules: EnvironmentsService,
    private readonly config: AppConfig,
  ) {}

  /** @returns undefined when its name or key is invalid */
  async application(source: SourceApplication, tally: ImportCounts): Promise<CheckedApplication | undefined> {
    const request = await this.request(source, tally);
    if (request === undefined) {
      tally.add('applications', 'skipped');
      return undefined;
    }
    const environments: CheckedEnvironment[] = [];
    for (const environment of source.environments) {
      const checked = await this.environment(environment, tally);
      if (checked !== undefined) environments.push(checked);
    }
    return { source, request, environments };
  }

  private async request(
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

  private async environment(
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
    const checked = endpoints.length > max ? [] : await this.endpoints(endpoints, tally);
    return {
      source,
      request: value,
      status: source.fields.status as CheckedEnvironment['status'],
      endpoints: checked,
      keepOthers: source.isPartial || checked.length < endpoints.length,
    };
  }

  private async endpoints(
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
}
