import './global-setup.js';
import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  await globalThis.testCluster?.stop();
  if (globalThis.testFolder !== undefined)
    await rm(globalThis.testFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
