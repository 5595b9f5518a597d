import { Injectable } from '@nestjs/common';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import type { ImportedEndpoint } from './dto/imported-endpoint.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { endpointsChange, type RegisteringEnvironment } from './endpoints-change.js';
import { registeredEndpoint } from './registered-endpoint.js';
import { registrationSummary } from './registration-summary.js';

/** Writes endpoints of other registries. */
@Injectable()
export class EndpointsImporter {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly changes: ChangeRecorder,
  ) {}

  /**
   * Makes the registered set of an environment equal to that of another registry. The caller has locked the environment. An
   * empty list changes nothing: a list that was lost would delete everything.
   *
   * @param endpoints none of which repeats another's method and path
   * @param rules `keepOthers`: add and update only; `keepRegistered`: change nothing where endpoints are registered
   */
  async import(
    target: RegisteringEnvironment,
    endpoints: readonly ImportedEndpoint[],
    { keepOthers, keepRegistered }: { keepOthers: boolean; keepRegistered: boolean },
  ): Promise<Record<'added' | 'updated' | 'deleted' | 'unchanged' | 'kept', number>> {
    const batch = endpoints.map(({ registration, origin }) => ({
      ...registeredEndpoint(registration),
      origin,
    }));
    const all = batch.length === 0 ? [] : await this.endpoints.differences(target.environmentId, batch);
    const differences = all.filter(({ kind }) => kind !== 'deleted' || !keepOthers);
    const isFirstSet =
      differences.length === batch.length && differences.every(({ kind }) => kind === 'added');
    if (keepRegistered && !isFirstSet) {
      const changed = differences.filter(({ kind }) => kind !== 'deleted').length;
      const unchanged = batch.length - changed;
      return { added: 0, updated: 0, deleted: 0, unchanged, kept: differences.length };
    }
    if (differences.length > 0) {
      this.changes.record({
        ...(await endpointsChange(target, differences)),
        action: 'endpoints.registered',
      });
      await this.endpoints.apply(target.environmentId, differences);
    }
    const { added, updated, deleted, unchanged } = registrationSummary(
      target.environment,
      batch.length,
      differences,
      { dryRun: false, namesChanges: false },
    );
    return { added, updated, deleted, unchanged, kept: 0 };
  }
}
