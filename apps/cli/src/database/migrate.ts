import { pendingMigrations, runMigrations } from '#libs/database/run-migrations.js';
import { migrations } from '#migrations/migrations.js';
import { withDatabase } from './with-database.js';

/** @returns the names of the migrations that were applied */
export function migrate(): Promise<string[]> {
  return withDatabase((url) => runMigrations(url, migrations));
}

/** @returns the names of the migrations that `migrate` would apply; nothing is written */
export function migrationsToRun(): Promise<string[]> {
  return withDatabase((url) => pendingMigrations(url, migrations));
}
