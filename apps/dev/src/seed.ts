import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvFile } from '#libs/config/env-file.js';
import { startHealthEndpoints } from './seed/health-endpoints.js';
import { APP_KEYS } from './seed/large-data-set.js';
import { Registry, SeedFailure } from './seed/registry.js';
import { seedDemo } from './seed/seed-demo.js';
import { seedLarge } from './seed/seed-large.js';
import { watchHealth } from './seed/watch-health.js';

const USAGE = `Usage: npm run seed -- [options]

Registers a small demo with a running service, then serves its health endpoints until Ctrl-C.

  --url URL              the registry (default: http://localhost:8000)
  --admin-key-file FILE  file with the admin key (default: REGISTRY_ADMIN_KEY, otherwise DATA_DIR/admin-key)
  --health-port PORT     port of 127.0.0.1 for the health endpoints; 0 selects a free one (default: 8090)
  --once                 end as soon as everything is registered
  --large                register the data of the benchmarks instead: 1,000 applications, 60,000 endpoints
  --applications COUNT   with --large: only the first COUNT applications
`;

/** `npm run seed`: fills a registry with demo data. It can be run repeatedly. */
try {
  await seed(options());
} catch (error) {
  if (!(error instanceof SeedFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

interface Options {
  readonly url: string;
  readonly adminKeyFile: string | undefined;
  readonly healthPort: number;
  readonly once: boolean;
  readonly large: boolean;
  readonly applications: number;
}

function options(): Options {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: 'string', default: 'http://localhost:8000' },
        'admin-key-file': { type: 'string' },
        'health-port': { type: 'string', default: '8090' },
        once: { type: 'boolean', default: false },
        large: { type: 'boolean', default: false },
        applications: { type: 'string', default: String(APP_KEYS.length) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    return {
      url: values.url.replace(/\/+$/, ''),
      adminKeyFile: values['admin-key-file'],
      healthPort: integer('--health-port', values['health-port'], 65_535),
      once: values.once,
      large: values.large,
      applications: integer('--applications', values.applications, APP_KEYS.length),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function integer(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new Error(`${option} must be a number from 0 to ${most}`);
  return value;
}

async function seed({ url, adminKeyFile, healthPort, once, large, applications }: Options): Promise<void> {
  readEnvFile();
  const dataDir = process.env.DATA_DIR ?? '.data';
  const registry = new Registry(url, await adminKey(adminKeyFile, dataDir));
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruption.abort();
    });
  }
  if (large) {
    await seedLarge(registry, applications, say, interruption.signal);
    say(interruption.signal.aborted ? 'Interrupted; run it again for the rest.' : 'Done.');
    return;
  }
  const health = await startHealthEndpoints(healthPort);
  try {
    await seedDemo(registry, health, join(dataDir, 'seed'), say);
    if (once) return;
    say(
      `Health endpoints are on ${health.address}: up, slow, down and flapping (a minute each). Ctrl-C stops them.`,
    );
    say('This command requests health checks every ten seconds; each adds an entry to the audit trail.');
    await watchHealth(registry, say, interruption.signal);
    say('Stopped: the health endpoints are gone, the registered applications stay.');
  } finally {
    await health.stop();
  }
}

async function adminKey(file: string | undefined, dataDir: string): Promise<string> {
  const given = file === undefined ? process.env.REGISTRY_ADMIN_KEY : undefined;
  // The setting may list several keys: the first is the present one.
  if (given !== undefined && given !== '') return given.split(',', 1)[0] ?? '';
  const path = file ?? join(dataDir, 'admin-key');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SeedFailure(
      `There is no admin key in ${path} (${String(code)}). Start the service first, or name its key: REGISTRY_ADMIN_KEY or --admin-key-file.`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
