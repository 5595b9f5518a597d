import { ConfigError } from '#libs/config/config-error.js';
import { DatabaseConnectionError } from '#libs/database/database-connection-error.js';
import { EmbeddedPostgresError } from '#libs/embedded-postgres/embedded-postgres-error.js';
import { WorkerStartError } from './workers/worker-start-error.js';

/** The message of a failed start: one line for configuration errors, a stack trace for bugs. */
export async function startupFailure(error: unknown): Promise<string> {
  if (error instanceof ConfigError) return `Configuration: ${error.message}\n`;
  if (error instanceof EmbeddedPostgresError) return `Database: ${error.message}\n`;
  if (error instanceof DatabaseConnectionError) return `Database: ${error.message}\n`;
  // Told by the worker itself, in these words.
  if (error instanceof WorkerStartError) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `HTTP: ${message}; stop the other process or set PORT\n`;
  if (code === 'EACCES') return `HTTP: ${message}; set PORT to 1024 or above\n`;
  // Brings TypeORM along, which nothing may have needed so far.
  const { translateDatabaseError } = await import('#libs/database/database-errors.js');
  if (translateDatabaseError(error) !== undefined) {
    const reason = message === '' ? (code ?? 'no reason given') : message;
    return `Database: cannot connect: ${reason}; ${adviceOn(reason)}\n`;
  }
  return `${stack ?? message}\n`;
}

function adviceOn(reason: string): string {
  return reason.startsWith('unsupported startup parameter')
    ? 'set DATABASE_DIRECT_URL when a transaction pooler stands before the database'
    : 'check DATABASE_URL';
}
