import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEMO_APPLICATIONS, type DemoApplication, type DemoEnvironment } from './demo-applications.js';
import type { HealthEndpoints } from './health-endpoints.js';
import { type Registry, SeedFailure } from './registry.js';

const COMMAND_LINE = fileURLToPath(new URL('../../../cli/src/main.js', import.meta.url));
const PACKAGES = new URL('../../../../../node_modules/', import.meta.url);

interface RegisteredApplication {
  readonly healthCheckUrl: string | null;
  readonly environments: readonly { readonly name: string; readonly baseDomain: string | null }[];
}

/**
 * Registers the demo: applications, environments, an API key for each, and endpoints by `mcp-registry import openapi`.
 * It keeps existing applications and endpoints, and updates only the addresses of health endpoints.
 *
 * @param keyFolder folder of the issued API keys, which only their owner can read
 * @throws SeedFailure
 */
export async function seedDemo(
  registry: Registry,
  health: HealthEndpoints,
  keyFolder: string,
  say: (line: string) => void,
): Promise<void> {
  await mkdir(keyFolder, { recursive: true, mode: 0o700 });
  for (const application of DEMO_APPLICATIONS) {
    await seedApplication(registry, health, application);
    for (const { name } of application.environments) {
      say(
        await seedEndpoints(
          registry,
          application,
          name,
          join(keyFolder, `${application.appKey}-${name}.key`),
        ),
      );
    }
  }
}

async function seedApplication(
  registry: Registry,
  health: HealthEndpoints,
  { appKey, name, description, environments }: DemoApplication,
): Promise<void> {
  const healthCheckUrl = environments.some((environment) => environment.health !== undefined)
    ? '/health'
    : null;
  const wanted = environments.map((environment) => ({
    name: environment.name,
    baseDomain: baseDomainOf(environment, appKey, health),
  }));
  const found = await registry.find<RegisteredApplication>(`/applications/${appKey}`);
  if (found === undefined) {
    await registry.call('POST', '/applications', {
      appKey,
      name,
      description,
      healthCheckUrl,
      environments: wanted,
    });
    return;
  }
  if (found.healthCheckUrl !== healthCheckUrl) {
    await registry.call('PUT', `/applications/${appKey}`, { healthCheckUrl });
  }
  for (const environment of wanted) {
    const path = `/applications/${appKey}/environments`;
    const registered = found.environments.find((each) => each.name === environment.name);
    if (registered === undefined) await registry.call('POST', path, environment);
    else if (registered.baseDomain !== environment.baseDomain) {
      await registry.call('PUT', `${path}/${environment.name}`, { baseDomain: environment.baseDomain });
    }
  }
}

function baseDomainOf(
  { name, health, baseDomain }: DemoEnvironment,
  appKey: string,
  endpoints: HealthEndpoints,
): string | undefined {
  return health === undefined ? baseDomain : endpoints.baseUrl(health, `${appKey}-${name}`);
}

/** @returns a line for the terminal */
async function seedEndpoints(
  registry: Registry,
  { appKey, document }: DemoApplication,
  environment: string,
  keyFile: string,
): Promise<string> {
  const { endpoints } = await registry.call<{ endpoints: readonly unknown[] }>(
    'GET',
    `/endpoints?app_key=${appKey}&environment=${environment}`,
  );
  const title = `${appKey} ${environment}`.padEnd(24);
  if (endpoints.length > 0) return `${title} has ${endpoints.length} endpoints already`;
  const { apiKey } = await registry.call<{ apiKey: string }>(
    'POST',
    `/applications/${appKey}/environments/${environment}/api-keys`,
    { name: 'seed' },
  );
  await writeFile(keyFile, `${apiKey}\n`, { mode: 0o600 });
  const source = fileURLToPath(new URL(document, PACKAGES));
  const added = await importOpenApi(registry.url, { appKey, environment, keyFile, source });
  return `${title} ${added} endpoints; its API key is in ${keyFile}`;
}

interface Import {
  readonly appKey: string;
  readonly environment: string;
  readonly keyFile: string;
  readonly source: string;
}

/** Returns the number of added endpoints. */
async function importOpenApi(url: string, { appKey, environment, keyFile, source }: Import): Promise<number> {
  const credentials = ['--url', url, '--app-key', appKey, '--api-key-file', keyFile];
  const command = ['import', 'openapi', '--environment', environment, '--yes', '--json', source];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      COMMAND_LINE,
      ...credentials,
      ...command,
    ]);
    return (JSON.parse(stdout) as { added: number }).added;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new SeedFailure(`mcp-registry import openapi ${source} failed: ${stderr.trim() || message}`);
  }
}
