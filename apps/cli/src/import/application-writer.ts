import {
  CommitUncertain,
  DatabaseUnavailable,
  translateDatabaseError,
} from '#libs/database/database-errors.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { ImportTally } from '#registry/imports/import-tally.js';
import type { ImportOptions, ImportsService, PlacedApplication } from '#registry/imports/imports.service.js';
import type { SourceApplication } from '#registry/imports/source-record.js';
import { Failure } from '../failure.js';

/**
 * Writes one application whole. What keeps just this one from being written is a problem of it, and the import goes on.
 *
 * @returns undefined when it was not written
 * @throws Failure when the registry's database is away
 */
export async function writeApplication(
  imports: ImportsService,
  source: SourceApplication,
  tally: ImportTally,
  options: ImportOptions,
): Promise<PlacedApplication | undefined> {
  const part = new ImportTally();
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
    // Of an application that was not written, only what was found wrong before.
    tally.include(part);
  }
}
