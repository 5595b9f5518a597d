import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLI_MAIN, CommandLine } from '../support/command-line.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';
import { runInOneShell, walkthroughSteps, withPlaceholders } from '../support/walkthrough.js';
import { applicationCommands } from './commands/applications.js';
import { auditCommands } from './commands/audit.js';
import { endpointCommands } from './commands/endpoints.js';
import { environmentCommands } from './commands/environments.js';
import { exportCommands } from './commands/export-json.js';
import { healthCommands } from './commands/health.js';
import { keyCommands } from './commands/keys.js';
import type { World } from './commands/world.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const HANDBOOK_URL = 'https://registry.example.com';

/** One service for all, below a base path and strict about keys: what works here works without either. */
describe('the command line against a running registry', () => {
  let app: TestApp;
  let healthy: LoopbackOrigin;
  let world: World;

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: '/registry', ENDPOINTS_REQUIRE_KEY: 'true' });
    healthy = await startOrigin((_request, response) => response.end());
    const directory = await mkdtemp(join(tmpdir(), 'registry-cli-'));
    world = {
      app,
      directory,
      healthy,
      operator: new CommandLine({
        cwd: directory,
        env: { MCP_REGISTRY_URL: app.url, MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY },
      }),
      stranger: new CommandLine({ cwd: directory, env: { MCP_REGISTRY_URL: app.url } }),
    };
  });
  afterAll(async () => {
    await app.close();
    await healthy.close();
    await rm(world.directory, { recursive: true, force: true });
  });

  // First, since the list of all applications is theirs.
  applicationCommands(() => world);
  environmentCommands(() => world);
  keyCommands(() => world);
  endpointCommands(() => world);
  healthCommands(() => world);
  auditCommands(() => world);
  exportCommands(() => world);

  it.each(['docs/cli.md', 'README.md'])('does what %s shows, word for word', async (file) => {
    await app.database.query('DELETE FROM "Application"');
    const handbook = await readFile(join(REPOSITORY, file), 'utf8');
    const text = file === 'README.md' ? (handbook.split('\n## Command line\n')[1] ?? '') : handbook;
    const steps = walkthroughSteps(text.split(file === 'README.md' ? '\n## ' : '\n## OpenAPI', 1)[0] ?? '');
    expect(steps.length).toBeGreaterThan(3);
    const directory = await mkdtemp(join(world.directory, 'handbook-'));
    await symlink(join(REPOSITORY, 'examples'), join(directory, 'examples'));
    await writeFile(join(directory, 'admin-key'), `${ADMIN_KEY}\n`);
    await writeFile(
      join(directory, 'mcp-registry'),
      `#!/bin/sh\nexec "${process.execPath}" "${CLI_MAIN}" "$@"\n`,
      { mode: 0o755 },
    );
    const inPlace = (line: string): string =>
      line.replaceAll(HANDBOOK_URL, app.url).replaceAll('http://orders.internal', healthy.url);
    const results = await runInOneShell(
      [
        `PATH=.:$PATH DATABASE_URL=${app.database.url}; export PATH DATABASE_URL`,
        ...steps.map(({ command }) => inPlace(command)),
      ],
      directory,
    );
    const told = (outputs: readonly string[]): string[] => withPlaceholders(outputs.join('\0')).split('\0');
    expect(told(results.slice(1).map(({ output }) => withoutDurations(output)))).toEqual(
      told(steps.map(({ output }) => withoutDurations(inPlace(output)))),
    );
  });
});

/** How long something took differs from run to run, its number of digits does not. */
function withoutDurations(text: string): string {
  return text.replace(/\b\d\.\d{3} s\b/g, '<duration>');
}
