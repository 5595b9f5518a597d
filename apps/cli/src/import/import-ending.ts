import { translateDatabaseError } from '#libs/database/database-errors.js';
import { Failure } from '../failure.js';
import type { ImportEnding } from './import-result.js';
import type { Interruption } from './interruption.js';

/**
 * Does the work of an import to its end, or as far as it goes.
 *
 * @param position how far it has come
 * @returns how it ended when not everything was done
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
