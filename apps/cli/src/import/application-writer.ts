import {
  CommitUncertain,
  DatabaseUnavailable,
  translateDatabaseError,
} from '#libs/database/database-errors.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { ImportCounts } from '#registry/imports/import-counts.js';
import type { ImportOptions, ImportsService, PlacedApplication } from '#registry/imports/imports.service.js';
import type { SourceApplication } from '#registry/imports/source-record.js';
import { Failure } from '../failure.js';

/**
 * Writes one application in one transaction. An error that concerns this application only is recorded as its problem,
 * and the import continues.
 *
 * @returns undefined when it was not written
 * @throws Failure when the registry's database is not available
 */
export async function writeApplication(
  imports: ImportsService,
  source: SourceApplication,
  tally: ImportCounts,
  options: ImportOptions,
): Promise<PlacedApplication | undefined> {
  const part = new ImportCounts();
  try {
    return await imports.importApplication(source, part, options);
  } catch (error) {
    const refusal = error instanceof DomainError ? error : translateDatabaseError(error);
    if (refusal === undefined) throw error;
    if (refusal instanceof DatabaseUnavailable || refusal instanceof CommitUncertain) {
      throw new Failure(`${source.record}: ${refusal.message}`, {
        cause: refusal,
      });
    }
    tally.problem(source.record, refusal.message);
    tally.add('applications', 'skipped');
    return undefined;
  } finally {
    // A rolled-back application keeps only the problems found before the write.
    tally.include(part);
  }
}
