import { createRequire } from 'node:module';

/** The version of the package, as package.json says it. */
export const { version } = createRequire(import.meta.url)('../../../../package.json') as { version: string };
