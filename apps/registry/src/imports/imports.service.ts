import { Injectable } from '@nestjs/common';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import type { ImportPolicy } from '#libs/domain/import-record.js';
import type { Status } from '#libs/domain/status.js';
import { ApplicationsImporter, type FoundApplication } from '../applications/applications.importer.js';
import type { CreateApplicationRequest } from '../applications/dto/create-application.request.js';
import { AuditService } from '../audit/audit.service.js';
import { HealthHistoryImporter } from '../monitoring/health-history.importer.js';
import { EnvironmentImports, type PlacedEnvironment, type WriteOptions } from './environment-imports.js';
import { ImportCounts } from './import-counts.js';
import { noteKept, REMOVED_HERE } from './kept-records.js';
import { type CheckedApplication, SourceChecks } from './source-checks.js';
import type { SourceApplication } from './source-record.js';

/** Thrown to roll back a dry run. */
class DryRunRollback extends Error {}

export interface ImportOptions extends WriteOptions {
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
  /** Imported environments by the names that they have here. */
  readonly environments: ReadonlyMap<string, PlacedEnvironment>;
}

/** Imports applications of other registries by the rules of this one. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly checks: SourceChecks,
    private readonly applications: ApplicationsImporter,
    private readonly environments: EnvironmentImports,
    private readonly history: HealthHistoryImporter,
    private readonly trail: AuditService,
    private readonly transactions: AuditedTransactions,
  ) {}

  /**
   * Writes an application and everything below it in one transaction with its audit entries. Records with an
   * invalid name or key are skipped; other invalid fields are left out. What an earlier import added and this registry has
   * no longer is not added again.
   *
   * @returns undefined when the application is not here
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
          if (placed !== undefined) await beforeCommit?.(placed);
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
  ): Promise<PlacedApplication | undefined> {
    const application = options.parts.has('applications')
      ? await this.writeApplication(source, request, tally, options)
      : { ...(await this.applications.find(source.appKey)), outcome: 'unchanged' };
    if (application === undefined) return undefined;
    const { id, appKey, status, outcome } = application;
    const isNew = outcome === 'added';
    const written = await this.environments.write(
      { id, appKey, sourceAppKey: source.appKey, isNew },
      environments,
      tally,
      options,
    );
    const added = [...(isNew ? [id] : []), ...written.added];
    if (added.length > 0) await this.history.seedStatuses(added);
    return { id, appKey, status, environments: written.places };
  }

  /** @returns undefined when an earlier import added it and it is gone, which is said in the counts */
  private async writeApplication(
    source: SourceApplication,
    { name, description, healthCheckUrl, authenticationMethod, owner }: CreateApplicationRequest,
    tally: ImportCounts,
    policy: ImportPolicy,
  ): Promise<(FoundApplication & { outcome: string }) | undefined> {
    const { record, appKey, origin, health } = source;
    const found = await this.applications.locate(appKey);
    if (found === null && !policy.overwrite && (await this.trail.wasImported({ appKeys: [appKey] }))) {
      tally.kept.add(record, `the application ${appKey} ${REMOVED_HERE}`);
      tally.add('applications', 'kept');
      return undefined;
    }
    const application = await this.applications.import(
      found,
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
    noteKept(application, record, tally);
    return application;
  }
}
