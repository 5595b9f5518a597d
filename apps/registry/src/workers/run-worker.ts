import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { waitForDatabase } from '#libs/database/wait-for-database.js';
import { registryLogger } from '../registry-logger.js';
import { startRegistry } from '../start-registry.js';
import { startupFailure } from '../startup-failure.js';
import { type Assignment, isOrder, type Report } from './worker-messages.js';

/** Serves as the primary process says, until it says to stop; then ends the process. Node.js ends it with the primary. */
export async function runWorker(): Promise<never> {
  // Sent to all processes of a terminal or of a service unit: the primary decides what follows.
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
function assignment(stop: AbortController): Promise<Assignment> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (!isOrder(message)) return;
      if (message.type === 'registry:serve') resolve(message.assignment);
      else stop.abort();
    });
    void report({ type: 'registry:awake' });
  });
}

/** Returns when it has left, so that nobody ends the process before. */
function report(message: Report): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve();
    });
  });
}
