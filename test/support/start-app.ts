import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { loadConfig } from '#libs/config/load-config.js';
import { createApp } from '#registry/bootstrap/start-registry.js';
import { periodicJobsOf } from './intervals.js';
import { GIVEN_SECRETS } from './secrets.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export { ADMIN_KEY, AS_ADMIN } from './secrets.js';

/** The whole service on a real port and a database of its own. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly url: string;
  readonly database: TestDatabase;
  /** Requests without credentials. */
  readonly http: ReturnType<typeof request>;
  close(): Promise<void>;
}

/**
 * @param settings environment variables beyond those the tests always set
 * @param given the database to use, dropped with the app; a new one when left out
 * @param probing false: nothing is probed but what a test asks for
 */
export async function startApp(
  settings: Readonly<Record<string, string>> = {},
  given?: TestDatabase,
  { probing = false } = {},
): Promise<TestApp> {
  const database = given ?? (await createTestDatabase());
  const config = await loadConfig({
    DATABASE_URL: database.url,
    ...GIVEN_SECRETS,
    HOST: '127.0.0.1',
    PORT: '0',
    BCRYPT_COST: '4',
    LOG_LEVEL: 'critical',
    MAX_CONNECTIONS: '10',
    ...settings,
  });
  const nest = await createApp(config, database.url);
  await nest.init();
  if (!probing) stopProbing(nest);
  await nest.listen(0, '127.0.0.1');
  const { port } = nest.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${config.http.basePath}`;
  return {
    nest,
    url,
    database,
    http: request(url),
    close: async () => {
      await nest.close();
      await database.drop();
    },
  };
}

function stopProbing(nest: NestFastifyApplication): void {
  const probing = periodicJobsOf(nest).filter(({ name }) => name.includes('probe'));
  for (const job of probing) void job.pause();
}
