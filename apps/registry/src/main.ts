import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { loadConfig } from '#libs/config/load-config.js';
import { startBanner } from './start-banner.js';
import { startupFailure } from './startup-failure.js';

// Connections are garbage that outlives many small collections: by itself V8 lets it grow to four times of what lives.
setFlagsFromString('--heap-growing-percent=50');

try {
  if (existsSync('.env')) loadEnvFile('.env');
  const config = await loadConfig(process.env);
  // The rest takes a second to load, which the news of a wrong setting need not wait for.
  const { startRegistry } = await import('./start-registry.js');
  const starting = startRegistry(config);
  // From the first moment: whoever gives up during the start must not leave a database running.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      starting
        .then((registry) => registry.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    });
  }
  process.stdout.write(startBanner(config, await starting));
} catch (error) {
  process.stderr.write(await startupFailure(error));
  process.exit(1);
}
