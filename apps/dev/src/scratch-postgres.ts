import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#libs/embedded-postgres/start-embedded-postgres.js';

export interface ScratchPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

const DURABILITY_OFF = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

/** An empty PostgreSQL that `stop()` deletes: fast, and without durability. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'registry-scratch-'));
  const server = await startEmbeddedPostgres({ dataDir, parameters: DURABILITY_OFF });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
