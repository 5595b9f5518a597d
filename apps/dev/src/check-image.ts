import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildStages } from './image/build-stages.js';
import { parseDockerfile } from './image/dockerfile.js';
import { startScratchPostgres } from './scratch-postgres.js';
import { smokeTest } from './smoke-test.js';

const run = promisify(execFile);

/**
 * `npm run image:check`: executes the Dockerfile in a clean folder, then starts the result as a container would: with its
 * command and its user, in a read-only tree and without a folder for temporary files.
 */
const root = await mkdtemp(join(tmpdir(), 'registry-image-'));
const postgres = await startScratchPostgres();
try {
  const stages = parseDockerfile(await readFile('Dockerfile', 'utf8'));
  const image = stages.at(-1);
  if (image === undefined) throw new Error('The Dockerfile has no stage');
  const [uid = NaN, gid = NaN] = (image.user ?? '').split(':').map(Number);
  if (!(uid > 0 && gid > 0))
    throw new Error(
      `USER is ${image.user ?? 'missing'}; it must be a numeric user and group other than root`,
    );
  const tree = await buildStages(stages, process.cwd(), root);
  const names = (await readdir(join(tree, 'app'))).sort();
  if (names.join() !== 'dist,node_modules,package.json') throw new Error(`The image has ${names.join(', ')}`);
  await chmod(root, 0o755);
  await run('chmod', ['-R', 'a-w', tree]);
  await smokeTest(
    {
      command: image.command,
      cwd: join(tree, 'app'),
      env: { ...image.env, DATABASE_URL: postgres.url, TMPDIR: join(tree, 'tmp'), HOME: '/' },
      ...(process.getuid?.() === 0 && { identity: { uid, gid } }),
    },
    async (env) => {
      await run(process.execPath, image.healthCheck.slice(1), { env });
    },
  );
  process.stdout.write('The image starts, works, and needs no writable folder\n');
} finally {
  await postgres.stop();
  await run('chmod', ['-R', 'u+w', root]);
  await rm(root, { recursive: true, force: true });
}
