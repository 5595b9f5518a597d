import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, describe } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';
import { applicationCommands } from './commands/applications.js';
import { auditCommands } from './commands/audit.js';
import { endpointCommands } from './commands/endpoints.js';
import { environmentCommands } from './commands/environments.js';
import { exportCommands } from './commands/export-json.js';
import { handbook } from './commands/handbook.js';
import { healthCommands } from './commands/health.js';
import { keyCommands } from './commands/keys.js';
import { operatorCommands } from './commands/operators.js';
import { overviewCommands } from './commands/overview.js';
import { searchCommands } from './commands/search.js';
import type { World } from './commands/world.js';

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
  operatorCommands(() => world);
  endpointCommands(() => world);
  searchCommands(() => world);
  healthCommands(() => world);
  overviewCommands(() => world);
  auditCommands(() => world);
  exportCommands(() => world);
  // Last, since it begins with an empty registry.
  handbook(() => world);
});
