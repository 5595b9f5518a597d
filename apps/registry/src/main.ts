import cluster from 'node:cluster';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { loadConfig } from '#libs/config/load-config.js';
import { shutdownSignal } from './shutdown-signals.js';
import { startBanner } from './start-banner.js';
import { startupFailure } from './startup-failure.js';

// Connections are garbage that outlives many small collections: by itself V8 lets it grow to four times of what lives.
setFlagsFromString('--heap-growing-percent=50');

if (cluster.isWorker) {
  const { runWorker } = await import('./workers/run-worker.js');
  await runWorker();
}

// From the first moment: whoever gives up during the start must not leave a database running.
const stop = shutdownSignal();
try {
  if (existsSync('.env')) loadEnvFile('.env');
  const config = await loadConfig(process.env);
  // The rest takes a second to load, which the news of a wrong setting need not wait for.
  const { startService } = await import('./start-service.js');
  const service = await startService(config, stop);
  process.stdout.write(startBanner(config, service));
  if (!stop.aborted) {
    // The exit code asks the supervisor for a new start; requests in flight wait for a database that is gone.
    const failure = await Promise.race([once(stop, 'abort').then(() => undefined), service.failure]);
    if (failure !== undefined) throw failure;
  }
  await service.stop();
  process.exit(0);
} catch (error) {
  if (error === stop.reason) process.exit(0);
  process.stderr.write(await startupFailure(error));
  process.exit(1);
}
