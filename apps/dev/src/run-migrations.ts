import { loadConfig } from '#libs/config/load-config.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { waitForDatabase } from '#libs/database/wait-for-database.js';
import { migrations } from '#migrations/migrations.js';
import { startupFailure } from '#registry/startup-failure.js';

/** `npm run migration:run`: brings the schema of DATABASE_URL up to date without starting the service. */
try {
  // Secrets play no part here, and none shall be made.
  const { database } = await loadConfig({
    SECRET_KEY: 'unused',
    REGISTRY_ADMIN_KEY: 'unused',
    ...process.env,
  });
  const url = database.directUrl ?? database.url;
  if (url === undefined) {
    process.stderr.write(
      'DATABASE_URL must be set: the embedded database is migrated by the start of the service\n',
    );
    process.exit(2);
  }
  const reached = await waitForDatabase(url, {
    timeoutSeconds: 0,
    signal: new AbortController().signal,
    setting: database.directUrl === undefined ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL',
  });
  const applied = await runMigrations(reached, migrations);
  process.stdout.write(
    applied.length === 0 ? 'The schema is up to date.\n' : `Applied ${applied.join(', ')}.\n`,
  );
} catch (error) {
  process.stderr.write(await startupFailure(error));
  process.exit(1);
}
