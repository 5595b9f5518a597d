import type { AppConfig, DatabaseConfig } from '#libs/config/app-config.js';
import { runMigrations } from '#libs/database/run-migrations.js';
import { reachDatabase } from '#libs/database/wait-for-database.js';
import { startEmbeddedPostgres } from '#libs/embedded-postgres/start-embedded-postgres.js';
import { migrations, SEALS_AUDIT_TRAIL } from '#migrations/migrations.js';
import { signMigratedTrail } from '../audit/chain/adopt-trail.js';
import { noticeReferenceTables } from './reference-tables.js';

/** A database that can be used. */
export interface PreparedDatabase {
  readonly settings: DatabaseConfig & { readonly url: string };
  /** Resolves with the reason when an embedded database is gone for good; never for another database. */
  readonly failure: Promise<Error>;
  /** Stops the embedded database, if it was started here. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded database, or waits for the configured one, and migrates its schema. A started database is
 * stopped when a later step fails or `signal` is aborted.
 */
export async function prepareDatabase(config: AppConfig, signal: AbortSignal): Promise<PreparedDatabase> {
  if (config.database.url !== undefined) {
    const { connectTimeoutSeconds: timeoutSeconds, url, directUrl } = config.database;
    const reached = await reachDatabase({ url, directUrl }, { timeoutSeconds, signal });
    const settings = { ...config.database, ...reached };
    await migrate(settings.directUrl ?? settings.url, config);
    await noticeReferenceTables(settings.directUrl ?? settings.url);
    signal.throwIfAborted();
    return { settings, failure: new Promise(() => undefined), stop: () => Promise.resolve() };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, signal });
  try {
    signal.throwIfAborted();
    await migrate(embedded.url, config);
    signal.throwIfAborted();
    return {
      settings: { ...config.database, url: embedded.url },
      failure: embedded.failure,
      stop: () => embedded.stop(),
    };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function migrate(url: string, config: AppConfig): Promise<void> {
  const applied = await runMigrations(url, migrations);
  if (applied.includes(SEALS_AUDIT_TRAIL)) await signMigratedTrail(url, config.secrets.secretKeys);
}
