import { Injectable } from '@nestjs/common';
import type { ImportPolicy } from '#libs/domain/import-record.js';
import type { ImportedPart } from '#libs/domain/imported-parts.js';
import type { Status } from '#libs/domain/status.js';
import { ApiKeysImporter } from '../api-keys/api-keys.importer.js';
import { AuditService } from '../audit/audit.service.js';
import { EndpointsImporter } from '../endpoints/endpoints.importer.js';
import { EnvironmentsImporter, type ImportedEnvironmentRow } from '../environments/environments.importer.js';
import type { ImportCounts } from './import-counts.js';
import { noteKept, REMOVED_HERE } from './kept-records.js';
import type { CheckedEnvironment } from './source-checks.js';
import type { SourceEnvironment } from './source-record.js';

export interface WriteOptions extends ImportPolicy {
  /** Applications and environments that are not among them are only found here. */
  readonly parts: ReadonlySet<ImportedPart>;
}

/** An imported environment. */
export interface PlacedEnvironment {
  readonly id: string;
  readonly status: Status;
  readonly sourceId: string | undefined;
}

/** The application whose environments are written. */
export interface WrittenApplication {
  readonly id: string;
  readonly appKey: string;
  /** The one in the source. */
  readonly sourceAppKey: string;
  readonly isNew: boolean;
}

/** Writes the environments of an application with what is below them. */
@Injectable()
export class EnvironmentImports {
  constructor(
    private readonly environments: EnvironmentsImporter,
    private readonly endpoints: EndpointsImporter,
    private readonly apiKeys: ApiKeysImporter,
    private readonly trail: AuditService,
  ) {}

  /** @returns those that are here, by the names that they have here, and the ids of new ones */
  async write(
    application: WrittenApplication,
    environments: readonly CheckedEnvironment[],
    tally: ImportCounts,
    options: WriteOptions,
  ): Promise<{ places: ReadonlyMap<string, PlacedEnvironment>; added: readonly string[] }> {
    const places = new Map<string, PlacedEnvironment>();
    const added: string[] = [];
    const ids = new Set(environments.map(({ source }) => source.origin?.id));
    for (const checked of environments) {
      const { source } = checked;
      const environment = await this.writeOne(application, checked, ids, tally, options);
      if (environment === undefined) {
        tally.add('apiKeys', 'skipped', source.apiKeys.length);
        continue;
      }
      await this.writeApiKeys({ appKey: application.appKey, environment: environment.name }, source, tally);
      places.set(environment.name, { ...environment, sourceId: source.sourceId });
      if (environment.outcome === 'added') added.push(environment.id);
    }
    return { places, added };
  }

  /** @returns undefined when it is not here, which is said in the counts */
  private async writeOne(
    application: WrittenApplication,
    checked: CheckedEnvironment,
    idsInSource: ReadonlySet<string | undefined>,
    tally: ImportCounts,
    options: WriteOptions,
  ): Promise<ImportedEnvironmentRow | undefined> {
    const { name, description, baseDomain, security, customPrompt } = checked.request;
    const { record, health, origin } = checked.source;
    const { id, appKey, sourceAppKey, isNew } = application;
    const found = await this.environments.locate(id, { name, origin });
    if (found !== null && found.id !== origin?.id && idsInSource.has(found.id)) {
      tally.problem(record, `has the name that another environment of ${appKey} was given here`);
      tally.add('environments', 'skipped');
      return undefined;
    }
    if (!options.parts.has('environments')) {
      if (found !== null) return { ...found, outcome: 'unchanged' };
      tally.problem(record, `is not registered here: ${appKey} has no environment ${name}`);
      return undefined;
    }
    const names = { appKeys: [sourceAppKey, appKey], environment: { name, id: origin?.id } };
    if (found === null && !isNew && !options.overwrite && (await this.trail.wasImported(names))) {
      tally.kept.add(record, `the environment ${name} of ${appKey} ${REMOVED_HERE}`);
      tally.add('environments', 'kept');
      return undefined;
    }
    const environment = await this.environments.import(
      application,
      found,
      { name, description, baseDomain, security, customPrompt, status: checked.status, health, origin },
      options,
    );
    tally.add('environments', environment.outcome);
    noteKept(environment, record, tally);
    await this.writeEndpoints(application, environment, checked, tally, options);
    return environment;
  }

  private async writeEndpoints(
    { id: applicationId, appKey }: WrittenApplication,
    { id: environmentId, name: environment, endpointsImportedAt }: ImportedEnvironmentRow,
    { source, endpoints, keepOthers }: CheckedEnvironment,
    tally: ImportCounts,
    { overwrite }: ImportPolicy,
  ): Promise<void> {
    const isImported = endpointsImportedAt !== null;
    const { kept, ...registered } = await this.endpoints.import(
      { applicationId, appKey, environmentId, environment },
      endpoints,
      { keepOthers, keepRegistered: !isImported && !overwrite },
    );
    for (const outcome of ['added', 'updated', 'deleted', 'unchanged'] as const) {
      tally.add('endpoints', outcome, registered[outcome]);
    }
    tally.add('endpoints', 'kept', kept);
    if (kept > 0) {
      tally.kept.add(source.record, `the endpoints of ${appKey} ${environment} were registered here`);
    } else if (!isImported && registered.added + registered.updated + registered.deleted > 0) {
      await this.environments.markEndpoints(environmentId);
    }
  }

  private async writeApiKeys(
    place: { readonly appKey: string; readonly environment: string },
    { apiKeys }: SourceEnvironment,
    tally: ImportCounts,
  ): Promise<void> {
    const keys = await this.apiKeys.import(
      place,
      apiKeys.map(({ key }) => key),
    );
    for (const outcome of ['added', 'updated', 'unchanged'] as const) {
      tally.add('apiKeys', outcome, keys[outcome]);
    }
  }
}
