import {
  ConnectionUrlError,
  type DatabaseConnectionOptions,
  parseConnectionUrl,
} from '#libs/database/connection-url.js';
import { DatabaseConnectionError } from '#libs/database/database-connection-error.js';
import { waitForDatabase } from '#libs/database/wait-for-database.js';
import { noRetry } from '../../database/with-database.js';
import { Failure, WrongUsage } from '../../failure.js';
import { shownUrl, withoutPassword } from '../source-url.js';

/**
 * What to connect with to the database of a URL that has the parameters of libpq, as in DATABASE_URL, or of Prisma, which
 * mean nothing here.
 *
 * @throws WrongUsage when the URL cannot be used; Failure when the database cannot be reached
 */
export async function reachableAt(url: URL): Promise<DatabaseConnectionOptions> {
  try {
    const reached = await waitForDatabase(url.href, { ...noRetry(), setting: 'the URL to import from' });
    return parseConnectionUrl(reached);
  } catch (error) {
    if (error instanceof ConnectionUrlError) throw new WrongUsage(`The URL to import from ${error.message}.`);
    if (!(error instanceof DatabaseConnectionError)) throw error;
    throw new Failure(`${shownUrl(url)} cannot be read: ${withoutPassword(error, url)}`);
  }
}
