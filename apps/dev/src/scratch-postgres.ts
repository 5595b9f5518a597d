import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#libs/embedded-postgres/start-embedded-postgres.js';
import { scratchFolder } from './scratch-folder.js';

export interface ScratchPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Autovacuum would start a worker for each of hundreds of databases, again and again. */
const QUICK = {
  autovacuum: 'off',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

/** An empty PostgreSQL that `stop()` deletes: fast, and without durability. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const dataDir = await mkdtemp(join(await scratchFolder(), 'registry-scratch-'));
  const server = await startEmbeddedPostgres({ dataDir, parameters: QUICK });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
