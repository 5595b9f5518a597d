import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smokeTest } from './smoke-test.js';

/** `npm run smoke`: runs the smoke test on the built service, on the Node that runs this script, with the embedded database. */
const dataDir = await mkdtemp(join(tmpdir(), 'registry-smoke-'));
try {
  await smokeTest({
    command: ['node', 'dist/apps/registry/src/main.js'],
    cwd: process.cwd(),
    env: { DATA_DIR: dataDir },
  });
  process.stdout.write(`The service runs on Node ${process.versions.node}\n`);
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
