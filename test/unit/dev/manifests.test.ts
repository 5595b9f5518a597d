import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from '../../support/jest.js';
import { type CommandResult, runCommand } from '../../support/run-command.js';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const COMMAND = 'dist/apps/dev/src/write-manifests.js';
const IMAGE = `registry.example.com/team/mcp-registry-server@sha256:${'0123456789abcdef'.repeat(4)}`;

describe('npm run manifests', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-manifests-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const run = (...parameters: readonly string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [COMMAND, ...parameters], { cwd: REPOSITORY });

  it('writes the manifests, with the image named by its digest and nothing else changed', async () => {
    const folder = join(directory, 'kubernetes');
    expect(await run(IMAGE, folder)).toEqual({ code: 0, stdout: '', stderr: '' });
    const source = join(REPOSITORY, 'deploy/kubernetes');
    expect(await readdir(folder)).toEqual(await readdir(source));
    for (const file of await readdir(source)) {
      const expected = parse(await readFile(join(source, file), 'utf8')) as Record<string, unknown>;
      if (file === 'kustomization.yaml') delete expected.images;
      if (file === 'deployment.yaml') {
        const [container] = (expected as Deployment).spec?.template.spec?.containers ?? [];
        Object.assign(container ?? {}, { image: IMAGE });
      }
      expect(parse(await readFile(join(folder, file), 'utf8'))).toEqual(expected);
    }
  });

  it('takes only an image with a digest, and overwrites nothing', async () => {
    const usage = 'Usage: npm run manifests -- IMAGE@sha256:DIGEST FOLDER\n';
    const misused = { code: 2, stdout: '', stderr: usage };
    expect(await run('registry.example.com/mcp-registry-server:0.1.0', join(directory, 'a'))).toEqual(
      misused,
    );
    expect(await run(IMAGE)).toEqual(misused);
    expect(await readdir(directory)).toEqual([]);
    const folder = join(directory, 'kubernetes');
    expect((await run(IMAGE, folder)).code).toBe(0);
    expect((await run(IMAGE.replace('team', 'other'), folder)).code).toBe(1);
    expect(await readFile(join(folder, 'deployment.yaml'), 'utf8')).toContain(IMAGE);
  });
});
