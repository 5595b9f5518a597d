import { pendingMigrations, runMigrations } from '#libs/database/run-migrations.js';
import { migrations, SEALS_AUDIT_TRAIL } from '#migrations/migrations.js';
import { signMigratedTrail } from '#registry/audit/chain/adopt-trail.js';
import { secretKeysGiven, withDatabase } from './with-database.js';

/** @returns the names of the migrations that were applied */
export function migrate(): Promise<string[]> {
  return withDatabase(async (url) => {
    const applied = await runMigrations(url, migrations);
    if (applied.includes(SEALS_AUDIT_TRAIL)) await signTrail(url);
    return applied;
  });
}

/** Without SECRET_KEY it stays unsigned, until the operator adopts it. */
async function signTrail(url: string): Promise<void> {
  const secretKeys = secretKeysGiven();
  if (secretKeys !== undefined) await signMigratedTrail(url, secretKeys);
}

/** @returns the names of the migrations that `migrate` would apply; nothing is written */
export function migrationsToRun(): Promise<string[]> {
  return withDatabase((url) => pendingMigrations(url, migrations));
}
