import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { waitForDatabase } from '#libs/database/wait-for-database.js';
import { registryLogger } from '../../observability/registry-logger.js';
import { startRegistry } from '../start-registry.js';
import { startupFailure } from '../startup-failure.js';
import { isWorkerCommand, type WorkerConfig, type WorkerEvent } from './worker-messages.js';

/**
 * Serves with the configuration of the primary until the primary sends a stop; then exits. Node.js ends a worker
 * whose primary has exited.
 */
export async function runWorker(): Promise<never> {
  // A terminal or service unit signals all processes: the primary decides.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
  const stop = new AbortController();
  const { config, database } = await assignment(stop);
  Logger.overrideLogger(await registryLogger(config));
  try {
    // It was there when the primary started, but this worker may take another one's place.
    await waitForDatabase(database.url, {
      timeoutSeconds: database.connectTimeoutSeconds,
      signal: stop.signal,
      setting: 'DATABASE_URL',
    });
    const registry = await startRegistry(config, database, stop.signal);
    await report({ type: 'registry:ready' });
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await registry.stop();
    process.exit(0);
  } catch (error) {
    if (error === stop.signal.reason) process.exit(0);
    await report({ type: 'registry:failed', reason: await startupFailure(error) });
    process.exit(1);
  }
}

/** What the primary wants served. From then on its order to stop aborts `stop`. */
function assignment(stop: AbortController): Promise<WorkerConfig> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (!isWorkerCommand(message)) return;
      if (message.type === 'registry:serve') resolve(message.assignment);
      else stop.abort();
    });
    void report({ type: 'registry:awake' });
  });
}

/** Resolves when the message was sent, so that the process does not exit before. */
function report(message: WorkerEvent): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve();
    });
  });
}
