import cluster from 'node:cluster';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { readEnvFile } from '#libs/config/env-file.js';
import { loadConfig } from '#libs/config/load-config.js';
import { shutdownSignal } from './bootstrap/shutdown-signals.js';
import { startBanner } from './bootstrap/start-banner.js';
import { startupFailure } from './bootstrap/startup-failure.js';

// Connection objects survive into old space, which V8 lets grow to four times its live size: cap the growth at 50 %.
setFlagsFromString('--heap-growing-percent=50');

if (cluster.isWorker) {
  const { runWorker } = await import('./bootstrap/workers/run-worker.js');
  await runWorker();
}

// Installed first, so that a signal during the start still stops the database.
const stop = shutdownSignal();
try {
  readEnvFile();
  const config = await loadConfig(process.env);
  // The rest takes a second to load, which the news of a wrong setting need not wait for.
  const { startService } = await import('./bootstrap/start-service.js');
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
