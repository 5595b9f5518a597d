import { createProcessSandbox } from './process-sandbox.js';
import { GIVEN_SECRETS } from './secrets.js';
import type { ServiceProcess } from './service-process.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** The service as operators run it: a process of its own, ready, on a database of its own. */
export interface SpawnedService extends ServiceProcess {
  readonly url: string;
  readonly database: TestDatabase;
  /** Ends it and drops the database. */
  stop(): Promise<void>;
}

/** @param settings environment variables beyond those the tests always set */
export async function spawnService(settings: Readonly<Record<string, string>> = {}): Promise<SpawnedService> {
  const database = await createTestDatabase();
  const sandbox = await createProcessSandbox();
  const stop = async (): Promise<void> => {
    await sandbox.clear();
    await database.drop();
  };
  const service = sandbox.start({
    DATABASE_URL: database.url,
    ...GIVEN_SECRETS,
    BCRYPT_COST: '4',
    ...settings,
  });
  try {
    return { ...service, url: await service.ready, database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
