import { Injectable } from '@nestjs/common';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import type { ImportPolicy } from '#libs/domain/import-record.js';
import type { ImportedPart } from '#libs/domain/imported-parts.js';
import type { Status } from '#libs/domain/status.js';
import { ApiKeysImporter } from '../api-keys/api-keys.importer.js';
import { ApplicationsImporter, type FoundApplication } from '../applications/applications.importer.js';
import type { CreateApplicationRequest } from '../applications/dto/create-application.request.js';
import { EndpointsImporter } from '../endpoints/endpoints.importer.js';
import { EnvironmentsImporter, type ImportedEnvironmentRow } from '../environments/environments.importer.js';
import { HealthHistoryImporter } from '../monitoring/health-history.importer.js';
import { ImportCounts } from './import-counts.js';
import { type CheckedApplication, type CheckedEnvironment, SourceChecks } from './source-checks.js';
import type { SourceApplication, SourceEnvironment } from './source-record.js';

/** Thrown to roll back a dry run. */
class DryRunRollback extends Error {}

export interface ImportOptions extends ImportPolicy {
  /** Applications and environments that are not among them are only found here. */
  readonly parts: ReadonlySet<ImportedPart>;
  /** true: everything is written and rolled back, so that the result is exact. */
  readonly dryRun: boolean;
  /** Runs in the transaction of the application, as its last step. */
  readonly beforeCommit?: (application: PlacedApplication) => Promise<void>;
}

/** An imported application. */
export interface PlacedApplication {
  readonly id: string;
  readonly appKey: string;
  readonly status: Status;
  /** Imported environments by name. */
  readonly environments: ReadonlyMap<string, PlacedEnvironment>;
}

interface PlacedEnvironment {
  readonly id: string;
  readonly status: Status;
  readonly sourceId: string | undefined;
}

type WriteOptions = Pick<ImportOptions, 'parts' | 'overwrite'>;

/** Imports applications of other registries by the rules of this one. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly checks: SourceChecks,
    private readonly applications: ApplicationsImporter,
    private readonly environments: EnvironmentsImporter,
    private readonly endpoints: EndpointsImporter,
    private readonly apiKeys: ApiKeysImporter,
    private readonly history: HealthHistoryImporter,
    private readonly transactions: AuditedTransactions,
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
    { dryRun, beforeCommit, ...options }: ImportOptions,
  ): Promise<PlacedApplication | undefined> {
    const checked = await this.checks.application(source, tally);
    if (checked === undefined) return undefined;
    let placed: PlacedApplication | undefined;
    const written = new ImportCounts();
    try {
      await this.transactions.run(
        'application.updated',
        async () => {
          placed = await this.write(checked, written, options);
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

  private async write(
    { source, request, environments }: CheckedApplication,
    tally: ImportCounts,
    options: WriteOptions,
  ): Promise<PlacedApplication> {
    const { id, appKey, status, outcome } = options.parts.has('applications')
      ? await this.writeApplication(source, request, tally, options)
      : { ...(await this.applications.find(source.appKey)), outcome: 'unchanged' };
    const places = new Map<string, PlacedEnvironment>();
    const added = outcome === 'added' ? [id] : [];
    for (const checked of environments) {
      const { name } = checked.request;
      const environment = options.parts.has('environments')
        ? await this.writeEnvironment({ id, appKey }, checked, tally, options)
        : await this.environments.find(id, name);
      if (environment === undefined) {
        tally.problem(checked.source.record, `is not registered here: ${appKey} has no environment ${name}`);
        tally.add('apiKeys', 'skipped', checked.source.apiKeys.length);
        continue;
      }
      await this.writeApiKeys({ appKey, environment: name }, checked.source, tally);
      places.set(name, { ...environment, sourceId: checked.source.sourceId });
      if (environment.outcome === 'added') added.push(environment.id);
    }
    if (added.length > 0) await this.history.seedStatuses(added);
    return { id, appKey, status, environments: places };
  }

  private async writeApplication(
    source: SourceApplication,
    { name, description, healthCheckUrl, authenticationMethod, owner }: CreateApplicationRequest,
    tally: ImportCounts,
    policy: ImportPolicy,
  ): Promise<FoundApplication & { outcome: string }> {
    const { appKey, origin, health } = source;
    const application = await this.applications.import(
      {
        appKey,
        name: source.isNamedAfterKey ? undefined : name,
        description,
        healthCheckUrl,
        authenticationMethod: authenticationMethod ?? undefined,
        owner,
        status: source.fields.status as Status | undefined,
        health,
        origin,
      },
      policy,
    );
    tally.add('applications', application.outcome);
    noteKept(application, source.record, tally);
    return application;
  }

  private async writeEnvironment(
    application: { readonly id: string; readonly appKey: string },
    { source, request, status, endpoints, keepOthers }: CheckedEnvironment,
    tally: ImportCounts,
    policy: ImportPolicy,
  ): Promise<ImportedEnvironmentRow> {
    const { name, description, baseDomain, security, customPrompt } = request;
    const { health, origin } = source;
    const environment = await this.environments.import(
      application,
      { name, description, baseDomain, security, customPrompt, status, health, origin },
      policy,
    );
    tally.add('environments', environment.outcome);
    noteKept(environment, source.record, tally);
    const isImported = environment.endpointsImportedAt !== null;
    const { kept, ...registered } = await this.endpoints.import(
      {
        applicationId: application.id,
        appKey: application.appKey,
        environmentId: environment.id,
        environment: name,
      },
      endpoints,
      { keepOthers, keepRegistered: !isImported && !policy.overwrite },
    );
    for (const outcome of ['added', 'updated', 'deleted', 'unchanged'] as const) {
      tally.add('endpoints', outcome, registered[outcome]);
    }
    tally.add('endpoints', 'kept', kept);
    if (kept > 0) {
      tally.kept.add(source.record, `the endpoints of ${application.appKey} ${name} were registered here`);
    } else if (!isImported && registered.added + registered.updated + registered.deleted > 0) {
      await this.environments.markEndpoints(environment.id);
    }
    return environment;
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

function noteKept(
  { kept }: { readonly kept?: readonly string[] },
  record: string,
  tally: ImportCounts,
): void {
  if (kept !== undefined) tally.kept.add(record, `${kept.join(', ')} changed here`);
}
