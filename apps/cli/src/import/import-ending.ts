import { translateDatabaseError } from '#libs/database/database-errors.js';
import { Failure } from '../failure.js';
import type { ImportEnding } from './import-result.js';
import type { Interruption } from './interruption.js';

/**
 * Runs an import until it is complete, interrupted or failed.
 *
 * @param position describes the progress
 * @returns why it ended early; undefined when it is complete
 */
export async function endingOf(
  work: () => Promise<void>,
  interruption: Interruption,
  position: () => string,
): Promise<ImportEnding | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return { reason: error, position: position() };
    const refusal = translateDatabaseError(error);
    if (refusal === undefined) throw error;
    return { reason: new Failure(refusal.message), position: position() };
  }
  return interruption.happened() ? { reason: 'interrupted', position: position() } : undefined;
}
