import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { loadConfig } from '#libs/config/load-config.js';
import { startBanner } from './start-banner.js';
import { startRegistry } from './start-registry.js';
import { startupFailure } from './startup-failure.js';

try {
  if (existsSync('.env')) loadEnvFile('.env');
  const config = await loadConfig(process.env);
  const registry = await startRegistry(config);
  process.stdout.write(startBanner(config, registry));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      registry.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
} catch (error) {
  process.stderr.write(startupFailure(error));
  process.exit(1);
}
